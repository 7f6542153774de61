"""Programmes in the console: who takes part, what is earned, what points are worth, and tiers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kernel import clock
from kernel.currencies import UnknownCurrency, minor_digits
from loyalty.join_links import DAYS_LIMIT, JoinLink, address_of
from loyalty.models import BurnRule, CategoryRule, EarnRule, Participation, Programme, Tier
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.amounts import AmountsForm
from tenancy.owned_admin import OwnedAdmin, OwnedForm, OwnedInline


class RuleForm(AmountsForm):
    """A row is of its programme's acquirer."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self.instance.acquirer_id = self.instance.programme.acquirer_id
        return cleaned

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        try:
            minor_digits(code)
        except UnknownCurrency as fault:
            raise forms.ValidationError(str(fault)) from None
        return code


class ParticipationForm(RuleForm):
    """Only a merchant of the programme's own acquirer takes part."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        merchant = cleaned.get("merchant")
        if merchant is not None and merchant.acquirer_id != self.instance.acquirer_id:
            self.add_error("merchant", "This merchant is another acquirer's.")
        return cleaned


class EarnForm(RuleForm):
    amounts = ("per_minor",)


class BurnForm(RuleForm):
    amounts = ("minor",)


class RuleRows(OwnedInline):
    form = RuleForm


class ParticipationRows(RuleRows):
    model = Participation
    form = ParticipationForm
    fields = ("merchant",)
    autocomplete_fields = ("merchant",)


class EarnRows(RuleRows):
    model = EarnRule
    form = EarnForm
    fields = ("currency", "points", "per_minor")


class BurnRows(RuleRows):
    model = BurnRule
    form = BurnForm
    fields = ("currency", "points", "minor", "minimum_points", "borne_basis_points")


class TierRows(RuleRows):
    model = Tier
    fields = ("name", "threshold_points", "multiplier_basis_points", "benefits")


class CategoryRows(RuleRows):
    model = CategoryRule
    fields = ("category", "multiplier_basis_points")


class LinkForm(Confirm):
    """Where customers join by it, and for how long."""

    merchant: "forms.ModelChoiceField[Participation]" = forms.ModelChoiceField(
        None, label="joined at"
    )
    mode = forms.ChoiceField(choices=[("live", lazy("live")), ("test", lazy("test"))])
    days = forms.IntegerField(label="valid, days", min_value=1, max_value=DAYS_LIMIT, initial=30)

    def __init__(self, *args: Any, row: Programme, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        found = row.participations.select_related("merchant").order_by("id")
        self.fields["merchant"].queryset = found  # type: ignore[attr-defined]


def _make_link(request: HttpRequest, programme: Programme, said: dict[str, Any]) -> Done:
    link = JoinLink(
        programme.acquirer_id,
        said["merchant"].merchant_id,
        said["mode"] == "live",
        clock.now() + timedelta(days=said["days"]),
    )
    return Done(_("Customers join by this link; it ends by itself."), shown_once=address_of(link))


JOIN_LINK = Act(
    name="join_link",
    label="Make a joining link",
    permission="loyalty.change_programme",
    form=LinkForm,
    run=_make_link,
)


@admin.register(Programme)
class ProgrammeAdmin(Acting, OwnedAdmin):
    """Its rules stand on its page; a merchant takes part in one programme at a time."""

    acts = (JOIN_LINK,)
    form = OwnedForm
    fields = (
        "acquirer", "name", "status", "rounding", "points_live_days", "may_owe",
        "adjusted_alone_points",
    )  # fmt: skip
    fixed_fields = ("acquirer", "buttons", "public_id")
    secret_fields = frozenset({"wallet_key"})
    inlines = (ParticipationRows, EarnRows, BurnRows, TierRows, CategoryRows)
    list_display = ("name", "status", "points_live_days", "acquirer", "public_id")
    list_filter = ("status",)
    list_select_related = ("acquirer",)
    search_fields = ("name",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A new programme is named first: its rules need it to be there."""
        return () if obj is None else super().get_inlines(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return fields if obj is None else ["buttons", *fields, "public_id"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
