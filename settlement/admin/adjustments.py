"""Adjustments in the console: the list of them, and the button on a merchant's page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kernel import ids
from kernel.ids import InvalidId
from kernel.money import Money
from ledger.panel import render_entries_of
from merchants.admin.merchants import MerchantAdmin
from merchants.models import Merchant
from payments.models import Payment
from proposals.acts import waits
from proposals.models import Proposal
from settlement.models import Adjustment
from settlement.selectors import find_batch_of
from settlement.services.adjust import Wanted, adjust
from tenancy.acting_admin import Act, Confirm, Done, day, why
from tenancy.amounts import read_amount
from tenancy.links import link
from tenancy.listing.filters import Days
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import mode_of, money_of, show_moment
from tenancy.signed_in import staff_of

_GIVE, _TAKE = "give", "take"


class AdjustmentForm(Confirm):
    """How much, which way, why, and where it belongs; ``key`` makes a second click harmless."""

    direction = forms.ChoiceField(
        choices=[
            (_GIVE, lazy("give to the merchant")),
            (_TAKE, lazy("take back from the merchant")),
        ],
        widget=forms.RadioSelect,
    )
    mode = forms.ChoiceField(choices=[("live", lazy("live")), ("test", lazy("test"))])
    currency = forms.CharField(min_length=3, max_length=3, help_text="Such as HKD.")
    amount = forms.CharField(max_length=24, help_text="Such as 120.50.")
    payment = forms.CharField(
        max_length=40, required=False, help_text="The payment that it is about, if it is one."
    )
    business_date = day(
        label="Belongs to",
        required=False,
        help_text="The business day that it mends; empty: the day on which it is posted.",
    )
    reason = why()
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["key"].initial = ids.new_uuid()

    def clean_payment(self) -> Any:
        text = str(self.cleaned_data["payment"]).strip()
        if not text:
            return None
        try:
            return Payment.public_id_to_uuid(text)
        except InvalidId:
            raise forms.ValidationError(_("A payment's id, such as pay_01j….")) from None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "amount" in said and "currency" in said and "direction" in said:
            said["money"] = self._money(said)
        return said

    def _money(self, said: dict[str, Any]) -> Money | None:
        try:
            money = read_amount(said["amount"], said["currency"].upper())
        except forms.ValidationError as fault:
            self.add_error("amount", fault)
            return None
        if money.minor <= 0:
            self.add_error("amount", _("More than nothing."))
        return money if said["direction"] == _GIVE else -money


def _adjust(request: HttpRequest, merchant: Merchant, said: dict[str, Any]) -> Done:
    wanted = Wanted(
        key=said["key"],
        amount=said["money"],
        livemode=said["mode"] == "live",
        reason=said["reason"],
        payment_id=said["payment"],
        business_date=said["business_date"],
    )
    made = adjust(staff_of(request), merchant, wanted)
    if isinstance(made, Proposal):
        return waits()
    return Done(_("Posted as %(id)s: the next settlement takes it.") % {"id": made.public_id})


ADJUST = Act(
    name="adjust",
    label="Adjust its money",
    permission="settlement.add_adjustment",
    form=AdjustmentForm,
    run=_adjust,
    warning="The merchant's next settlement pays it out, or takes it back.",
)
MerchantAdmin.add_act(ADJUST)


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnly, OwnedAdmin):
    """Posted once, undone only by another."""

    list_display = (
        "public_id", "when", "merchant", "amount_money", "reason", "made_by", "acquirer",
    )  # fmt: skip
    list_filter = (Days, "livemode")
    list_filter_submit = True
    list_select_related = ("merchant", "acquirer")
    search_fields = ("=reason",)
    search_help_text = "An adjustment's id."
    fields = (
        "merchant", "mode", "amount_money", "reason", "payment", "business_date", "made_by",
        "approved_by", "when", "settled_in", "entries",
    )  # fmt: skip
    readonly_fields = ("mode", "amount_money", "payment", "when", "settled_in", "entries")
    mode = mode_of
    amount_money = money_of("amount_minor", "amount")

    @admin.display(description="posted")
    def when(self, row: Adjustment) -> str | None:
        return show_moment(row.created_at)

    @admin.display(description="payment")
    def payment(self, row: Adjustment) -> SafeString | None:
        return None if row.payment_id is None else link(ids.encode("pay", row.payment_id))

    @admin.display(description="settlement")
    def settled_in(self, row: Adjustment) -> SafeString | None:
        batch = find_batch_of("adjustment", row.id)
        return None if batch is None else link(batch.public_id)

    @admin.display(description="in the books")
    def entries(self, row: Adjustment) -> SafeString:
        return render_entries_of(("adjustment", row.id))
