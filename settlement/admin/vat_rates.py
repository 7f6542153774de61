"""Rates of VAT on fees: appended here, never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from merchants.admin.choices import CountryField
from settlement.models import VatRate
from settlement.services.vat_rates import Rate, add_vat_rate, check_vat_rate
from settlement.state import VatTreatment
from tenancy.acting_admin import day
from tenancy.owned_admin import OwnedAdmin, OwnedForm, is_operator
from tenancy.signed_in import staff_of

_NAMES = ("country", "basis_points", "starts_on", "treatment", "note")


def _rate(said: dict[str, Any]) -> Rate:
    told = {name: said[name] for name in _NAMES}
    return Rate(**(told | {"treatment": VatTreatment(said["treatment"])}))


class VatRateForm(OwnedForm):
    country = CountryField(help_text="Where the merchant is registered.")
    starts_on = day(
        help_text="Sales of this day, in the acquirer's time zone, are the first.",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        acquirer = cleaned.get("acquirer") or self.staff.acquirer
        if acquirer is not None and all(name in cleaned for name in _NAMES):
            self.check_with_service(check_vat_rate, acquirer, _rate(cleaned))
        return cleaned


@admin.register(VatRate)
class VatRateAdmin(OwnedAdmin):
    """The latest that has started counts."""

    form = VatRateForm
    search_fields = ("country",)
    list_display = ("country", "basis_points", "treatment", "starts_on", "note", "acquirer")
    list_select_related = ("acquirer",)
    fields = ("acquirer", *_NAMES, "made_by")
    readonly_fields = ("made_by",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        left_out = {"made_by"} if obj is None else set()
        if not is_operator(request):
            left_out.add("acquirer")
        return [name for name in self.fields if name not in left_out]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: VatRate, form: Any, change: bool) -> None:
        made_by = staff_of(request).actor
        obj.pk = add_vat_rate(obj.acquirer, _rate(form.cleaned_data), made_by=made_by).pk
        obj._state.adding = False
