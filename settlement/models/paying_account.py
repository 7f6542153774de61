"""The acquirer's own bank account, from which payouts are paid and which its statements tell of."""

from django.db import models
from django.db.models import Q

from merchants.models.columns import country_column
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel


class PayingAccount(TenantModel):
    """One per mode and currency; two people change it.

    ``characters`` says what the bank takes in names: the Latin set of SWIFT, or any.
    """

    PREFIX = "pya"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None, secret=frozenset({"account_number"}))

    class Characters(models.TextChoices):
        LATIN = "latin", "Latin letters only"
        ANY = "any", "names as they are written"

    livemode = models.BooleanField()
    currency = models.CharField(max_length=3)
    holder = models.CharField(max_length=70, help_text="The acquirer, as the bank has its name.")
    country = country_column(verbose_name="country of the bank")
    account_number = EncryptedTextField(editable=False)
    account_tail = models.CharField("account number", max_length=4, editable=False)
    bank_code = models.CharField(max_length=12, blank=True, default="")
    characters = models.CharField(max_length=8, choices=Characters, default=Characters.LATIN)
    set_by = models.CharField(max_length=128)  # staff:ada@…
    set_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "livemode", "currency"],
                name="one_paying_account_per_mode_and_currency",
            ),
            models.CheckConstraint(
                condition=Q(characters__in=["latin", "any"]), name="paying_account_takes_characters"
            ),
        ]

    def __str__(self) -> str:
        mode = "" if self.livemode else " (test)"
        return f"{self.currency} {self.masked_number}{mode}"

    @property
    def masked_number(self) -> str:
        """``••••6789``."""
        return f"••••{self.account_tail}"
