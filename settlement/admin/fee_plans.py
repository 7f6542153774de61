"""Fee plans in the console: what each version charges, and the button that makes the next one."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kernel import clock
from kernel.errors import TillgateError
from proposals.acts import waits
from proposals.models import Proposal
from settlement.admin.fee_reports import show_margin, show_what_if
from settlement.fees.prices import check_prices, read_prices, show_prices
from settlement.fees.terms import Terms, today_in
from settlement.fees.words import Returning, Rounding, Tiers
from settlement.models import FeeAssignment, FeePlan, FeeVersion
from settlement.selectors import (
    latest_version,
    list_current_assignments,
    with_latest_version,
)
from settlement.services.fee_plans import change_plan, create_plan
from settlement.state import labels
from tenancy.acting_admin import Act, Acting, Confirm, Done, day, in_words, why
from tenancy.owned_admin import OwnedAdmin, OwnedForm, is_operator
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment
from tenancy.signed_in import staff_of

VERSIONS_SHOWN = 20
MERCHANTS_SHOWN = 50
_TERMS = ("starts_on", "prices", "tiers", "rounding", "on_refund", "on_cancel")


class PriceFields(forms.Form):
    """The fields that a version is made of, for both of the forms below."""

    starts_on = day(
        help_text="Sales of this day, in the acquirer's time zone, are the first.",
    )
    prices = forms.CharField(
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="One a line, such as HKD 0.85% + 0.50, min 1.00, max 50.00; a tier: HKD above "
        "100000.00: 0.7%; a promotion: HKD first 30 days 0%.",
    )
    tiers = forms.ChoiceField(
        choices=labels(Tiers),
        help_text="Marginal: each part of the month's volume at its own tier. Whole: each sale at "
        "the tier that was reached before it.",
    )
    rounding = forms.ChoiceField(choices=labels(Rounding))
    on_refund = forms.ChoiceField(label="Fee on refund", choices=labels(Returning))
    on_cancel = forms.ChoiceField(label="Fee on cancel", choices=labels(Returning))

    def clean_prices(self) -> Any:
        try:
            prices = read_prices(str(self.cleaned_data["prices"]))
            check_prices(prices)
        except TillgateError as refusal:
            raise forms.ValidationError(in_words(refusal)) from None
        return prices


def _terms(said: dict[str, Any]) -> Terms:
    return Terms(
        starts_on=said["starts_on"],
        prices=said["prices"],
        tiers=Tiers(said["tiers"]),
        rounding=Rounding(said["rounding"]),
        on_refund=Returning(said["on_refund"]),
        on_cancel=Returning(said["on_cancel"]),
    )


class FeePlanForm(PriceFields, OwnedForm):
    """A plan with its first version."""

    class Meta:
        model = FeePlan
        fields = ("acquirer", "name")


class FeeVersionForm(PriceFields, Confirm):
    """The next version; it begins with what the last one says."""

    reason = why()

    def __init__(self, *args: Any, row: FeePlan, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        last = latest_version(row)
        if last is not None:
            for name in ("tiers", "rounding", "on_refund", "on_cancel"):
                self.fields[name].initial = getattr(last, name)
            self.fields["prices"].initial = show_prices(last.price_list)
        today = today_in(row.acquirer.time_zone, clock.now())
        self.fields["starts_on"].initial = today + timedelta(days=1)


def _change(request: HttpRequest, plan: FeePlan, said: dict[str, Any]) -> Done:
    made = change_plan(staff_of(request), plan, _terms(said), reason=said["reason"])
    if isinstance(made, Proposal):
        return waits()
    return Done(_("Version %(number)d starts on %(day)s.") % _told(made))


def _told(version: FeeVersion) -> dict[str, Any]:
    return {"number": version.number, "day": version.starts_on}


CHANGE = Act(
    name="change",
    label="Change the prices",
    permission="settlement.add_feeversion",
    form=FeeVersionForm,
    run=_change,
    warning="A new version: sales before its first day stay as they were charged.",
)


def show_version(version: FeeVersion) -> dict[str, Any]:
    """A version as the templates show it."""
    return {"version": version, "prices": version.price_list}


@admin.register(FeePlan)
class FeePlanAdmin(Acting, OwnedAdmin):
    """A plan is added with its first version; then only versions are."""

    form = FeePlanForm
    acts = (CHANGE,)
    list_before_template = "settlement/to_fee_reports.html"
    list_display = ("name", "current", "acquirer")
    list_select_related = ("acquirer",)
    search_fields = ("name",)
    readonly_fields = ("buttons", "versions", "merchants")

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_latest_version(super().get_queryset(request))

    def get_urls(self) -> Any:
        pages = (("what-if", "what_if", self.what_if_view), ("margin", "margin", self.margin_view))
        return [
            *(
                path(
                    f"{place}/", self.admin_site.admin_view(view), name=f"settlement_feeplan_{name}"
                )
                for place, name, view in pages
            ),
            *super().get_urls(),
        ]

    def what_if_view(self, request: HttpRequest) -> HttpResponse:
        """A settled month under another version."""
        return show_what_if(self, request)

    def margin_view(self, request: HttpRequest) -> HttpResponse:
        """Fees less the scheme's cost."""
        return show_margin(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return [(None, {"fields": ("name", "buttons", "versions", "merchants")})]
        whose = ("acquirer",) if is_operator(request) else ()
        return [(None, {"fields": (*whose, "name", *_TERMS)})]

    def save_model(self, request: HttpRequest, obj: FeePlan, form: Any, change: bool) -> None:
        made_by = staff_of(request).actor
        terms = _terms(form.cleaned_data)
        obj.pk = create_plan(obj.acquirer, obj.name, terms, made_by=made_by).plan_id
        obj._state.adding = False

    @admin.display(description="version")
    def current(self, plan: Any) -> str:
        return "" if plan.latest_number is None else f"{plan.latest_number}, {plan.latest_starts}"

    @admin.display(description="versions")
    def versions(self, plan: FeePlan) -> SafeString:
        rows = plan.versions.order_by("-number")[:VERSIONS_SHOWN]
        context = {"rows": [show_version(row) for row in rows]}
        return render_to_string("settlement/fee_versions.html", context)

    @admin.display(description="merchants")
    def merchants(self, plan: FeePlan) -> SafeString:
        rows = list_current_assignments(plan)
        context = {"rows": rows[:MERCHANTS_SHOWN], "more": max(0, len(rows) - MERCHANTS_SHOWN)}
        return render_to_string("settlement/fee_merchants.html", context)


@admin.register(FeeVersion)
class FeeVersionAdmin(ReadOnly, OwnedAdmin):
    """What a line's fee leads to."""

    list_display = ("plan", "number", "starts_on", "made_by", "approved_by", "acquirer")
    list_select_related = ("plan", "acquirer")
    fields = (
        "plan", "number", "starts_on", "zone", "tiers", "rounding", "on_refund", "on_cancel",
        "price_lines", "made_by", "approved_by", "made",
    )  # fmt: skip
    readonly_fields = ("price_lines", "made")

    @admin.display(description="prices")
    def price_lines(self, row: FeeVersion) -> SafeString:
        return render_to_string("settlement/fee_prices.html", {"prices": row.price_list})

    @admin.display(description="made")
    def made(self, row: FeeVersion) -> str | None:
        return show_moment(row.created_at)


@admin.register(FeeAssignment)
class FeeAssignmentAdmin(ReadOnly, OwnedAdmin):
    """Which merchant was charged by which plan, from when on."""

    list_display = ("merchant", "plan", "starts_on", "made_by", "approved_by", "acquirer")
    list_select_related = ("merchant", "plan", "acquirer")
    fields = ("merchant", "plan", "starts_on", "zone", "made_by", "approved_by", "made")
    readonly_fields = ("made",)

    @admin.display(description="made")
    def made(self, row: FeeAssignment) -> str | None:
        return show_moment(row.created_at)
