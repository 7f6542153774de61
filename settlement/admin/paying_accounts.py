"""The acquirer's own bank accounts in the console: shown masked, changed by two people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from merchants.admin.bank_accounts import BankDetailsForm, details_of
from proposals.acts import waits
from settlement.models import PayingAccount
from settlement.services.paying_accounts import AccountWanted, propose_paying_account
from tenancy.acting_admin import Act, Done, why
from tenancy.making_admin import Making, acquirer_of
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment
from tenancy.signed_in import staff_of


class PayingAccountForm(BankDetailsForm):
    """What the acquirer's bank says of its account; a row of the same mode and currency is
    replaced."""

    field_order = ("mode", "currency", "holder")
    mode = forms.ChoiceField(choices=[("live", "live"), ("test", "test")])
    holder = forms.CharField(max_length=70, help_text="The acquirer, as the bank has its name.")
    characters = forms.ChoiceField(
        choices=PayingAccount.Characters.choices,
        help_text="What the bank takes in payment files.",
    )
    reason = why()


def _set(request: HttpRequest, row: Any, said: dict[str, Any]) -> Done:
    wanted = AccountWanted(
        livemode=said["mode"] == "live",
        details=details_of(said),
        characters=said["characters"],
    )
    staff, acquirer = staff_of(request), acquirer_of(request)
    made = propose_paying_account(staff, acquirer, wanted, reason=said["reason"])
    return waits(about=made.public_id)


@admin.register(PayingAccount)
class PayingAccountAdmin(Making, ReadOnly, OwnedAdmin):
    """From here payouts are paid; here the scheme pays the acquirer."""

    making = Act(
        name="set",
        label="Set an account of ours",
        permission="settlement.add_payingaccount",
        form=PayingAccountForm,
        run=_set,
        warning="Payouts in this currency are paid from there.",
    )
    list_display = ("currency", "livemode", "holder", "masked", "country", "set_when", "acquirer")
    list_select_related = ("acquirer",)
    list_filter = ("livemode",)
    fields = (
        "livemode", "currency", "holder", "country", "masked", "bank_code", "characters",
        "set_by", "set_when", "public_id",
    )  # fmt: skip
    readonly_fields = fields
    secret_fields = frozenset({"account_number", "account_tail"})

    class Media:
        css = {"all": ["console/panels.css"]}

    @admin.display(description="account number")
    def masked(self, row: PayingAccount) -> str:
        return row.masked_number

    @admin.display(description="set at", ordering="set_at")
    def set_when(self, row: PayingAccount) -> str | None:
        return show_moment(row.set_at)
