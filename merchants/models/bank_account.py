"""Where a merchant's money is paid to."""

from django.db import models

from merchants.models.columns import country_column
from merchants.models.merchant import Merchant
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel


class BankAccount(TenantModel):
    """The account for one currency; people see the end of its number, payouts the whole."""

    PREFIX = "bac"
    AUDIT = Audit(secret=frozenset({"account_number"}))

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="bank_accounts")
    currency = models.CharField(max_length=3)
    holder = models.CharField(max_length=128, help_text="As the bank has the name.")
    country = country_column(verbose_name="country of the bank")
    account_number = EncryptedTextField(editable=False)
    account_tail = models.CharField("account number", max_length=4, editable=False)
    bank_code = models.CharField(max_length=12, blank=True, default="")
    set_by = models.CharField(max_length=128)  # staff:ada@…
    set_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "currency"], name="one_bank_account_per_currency"
            )
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.masked_number}"

    @property
    def masked_number(self) -> str:
        """``••••6789``."""
        return f"••••{self.account_tail}"
