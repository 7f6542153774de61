"""Schedules in the admin: the terms on which an acquirer settles with its merchants."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS

from kernel.errors import TillgateError
from settlement.days import SUNDAY
from settlement.models import Schedule
from settlement.models.schedule import weekend
from settlement.services.terms import check_terms, read_minimums, show_minimums
from tenancy.owned_admin import OwnedAdmin, OwnedForm, is_operator

_WEEKDAYS = list(WEEKDAYS.items())  # Monday is 0
_TERMS = (
    "open_days",
    "zone", "calendar", "weekend", "reserve_basis_points", "reserve_days", "is_held", "hold_reason",
)  # fmt: skip


class ScheduleForm(OwnedForm):
    closes_on = forms.TypedChoiceField(
        label="Week ends on", coerce=int, choices=_WEEKDAYS, initial=SUNDAY
    )
    weekend = forms.TypedMultipleChoiceField(
        coerce=int, choices=_WEEKDAYS, required=False, initial=weekend,
        widget=forms.CheckboxSelectMultiple, help_text="Days on which banks rest.",
    )  # fmt: skip
    closures = SimpleArrayField(
        forms.DateField(), required=False,
        help_text="Days on which banks are closed besides: 2026-12-24, 2026-12-31.",
    )  # fmt: skip
    minimums = forms.CharField(
        label="Minimum payouts", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, such as HKD 100.00; less is carried on.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minimums"].initial = show_minimums(self.instance.minimum_payouts)

    def clean_minimums(self) -> str:
        text = str(self.cleaned_data["minimums"])
        try:
            self.instance.minimum_payouts = read_minimums(text)
        except TillgateError as refusal:
            raise forms.ValidationError(refusal.detail) from None
        return text

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        merchant, acquirer_id = cleaned.get("merchant"), self.instance.acquirer_id
        if merchant is not None and acquirer_id not in {None, merchant.acquirer_id}:
            self.add_error("merchant", "This merchant is another acquirer's.")
        if all(name in cleaned for name in _TERMS):
            self.check_with_service(check_terms, cleaned)
        return cleaned


@admin.register(Schedule)
class ScheduleAdmin(OwnedAdmin):
    """The acquirer's own row has no merchant; a merchant's stands before it."""

    form = ScheduleForm
    list_display = ("public_id", "merchant", "cycle", "zone", "cut_off", "is_held", "acquirer")
    list_select_related = ("merchant", "acquirer")
    autocomplete_fields = ("merchant",)
    fixed_fields = ("merchant",)
    fieldsets = (
        (None, {"fields": ("acquirer", "merchant")}),
        ("Business day", {"fields": ("zone", "cut_off", "cycle", "closes_on")}),
        ("Payout", {"fields": ("open_days", "calendar", "weekend", "closures", "minimums")}),
        ("Held back", {"fields": (
            "reserve_basis_points", "reserve_days", "is_held", "hold_reason",
        )}),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        (title, whose), *rest = super().get_fieldsets(request, obj)
        left_out = () if is_operator(request) else ("acquirer",)
        names = [name for name in whose["fields"] if name not in left_out]
        return [(title, {**whose, "fields": names}), *rest]
