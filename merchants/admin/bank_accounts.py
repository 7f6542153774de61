"""Bank accounts in the admin: the end of the number, and the button that sets one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from merchants.models import BankAccount, Merchant
from merchants.services.bank_accounts import BankDetails, set_bank_account
from proposals.acts import waits
from proposals.models import Proposal
from tenancy.acting_admin import Act, Confirm, Done, why
from tenancy.owned_admin import OwnedAdmin, OwnedInline
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment
from tenancy.signed_in import staff_of


class BankDetailsForm(Confirm):
    """What a bank's letter says of an account; the service checks the digits."""

    currency = forms.CharField(min_length=3, max_length=3, help_text="Such as HKD.")
    country = forms.CharField(
        label="Country of the bank", min_length=2, max_length=2, help_text="Such as HK."
    )
    account_number = forms.CharField(
        label="IBAN or account number",
        max_length=42,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    bank_code = forms.CharField(
        max_length=20,
        required=False,
        help_text="The country's own code (clearing code, BSB, routing number …) or the BIC; "
        "not needed with an IBAN.",
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class BankAccountForm(BankDetailsForm):
    """The merchant's account, to which payouts go."""

    field_order = ("currency", "holder")
    holder = forms.CharField(max_length=128, help_text="As the bank has the name.")
    reason = why()

    def __init__(self, *args: Any, row: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["holder"].initial = row.legal_name
        self.fields["country"].initial = row.country


def details_of(said: dict[str, Any]) -> BankDetails:
    """What was said in a form with those fields."""
    return BankDetails(**{name: said[name] for name in BankDetails.__dataclass_fields__})


def _set(request: HttpRequest, merchant: Merchant, said: dict[str, Any]) -> Done:
    made = set_bank_account(staff_of(request), merchant, details_of(said), reason=said["reason"])
    if isinstance(made, Proposal):
        return waits()
    return Done(_("Payouts go to %s from now on.") % made)


BANK_ACTS = (
    Act(
        name="bank_account",
        label="Set the bank account",
        permission="merchants.change_bankaccount",
        form=BankAccountForm,
        run=_set,
        warning="The merchant's money in this currency goes there.",
    ),
)


class BankAccountRows(ReadOnly, OwnedInline):
    model = BankAccount
    fields = ("currency", "holder", "country", "masked", "bank_code", "set_by")
    readonly_fields = fields
    ordering = ("currency",)

    @admin.display(description="account number")
    def masked(self, row: BankAccount) -> str:
        return row.masked_number


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnly, OwnedAdmin):
    fields = (
        "merchant",
        "currency",
        "holder",
        "country",
        "masked",
        "bank_code",
        "set_by",
        "set_when",
        "public_id",
    )
    readonly_fields = fields
    list_display = ("merchant", "currency", "masked", "country", "bank_code", "set_when")
    list_select_related = ("merchant",)
    search_fields = ("merchant__display_name", "merchant__scheme_merchant_id")
    secret_fields = frozenset({"account_number", "account_tail"})

    @admin.display(description="account number")
    def masked(self, row: BankAccount) -> str:
        return row.masked_number

    @admin.display(description="set at", ordering="set_at")
    def set_when(self, row: BankAccount) -> str | None:
        return show_moment(row.set_at)
