"""A seller below an acquirer."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from merchants.mcc import check_mcc
from merchants.models.columns import country_column, part, scheme_id
from merchants.onboarding import UNFINISHED, Standing
from merchants.registration_numbers import fault_of
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel


class Merchant(TenantModel):
    """Alipay's secondary merchant: a seller with a contract with the acquirer."""

    PREFIX = "mer"
    MERCHANT_COLUMN = "id"
    AUDIT = Audit(merchant_column="id", secret=frozenset({"responsible_id"}))

    class Organisation(models.TextChoices):
        ENTERPRISE = "enterprise", "Company"
        INDIVIDUAL = "individual", "Sole trader"

    legal_name = models.CharField(max_length=128)
    display_name = models.CharField(max_length=128, help_text="On the customer's statement.")
    mcc = models.CharField("merchant category code", max_length=4, validators=[check_mcc])
    country = country_column(help_text="Where it is registered.")
    organisation = models.CharField(
        max_length=16, choices=Organisation, default=Organisation.ENTERPRISE
    )
    registration_number = models.CharField(
        max_length=128, blank=True, default="", help_text="In the register of its country."
    )
    responsible_name = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="Alipay asks for a company's shareholder, or a sole trader's owner.",
    )
    responsible_id = EncryptedTextField(
        blank=True, default="", help_text="Number of that person's identity document."
    )
    registered_line1 = part("street and number", 128)
    registered_line2 = part("second line", 128)
    registered_town = part("town")
    registered_region = part("region")
    registered_postal_code = part("postal code", 16)
    trading_line1 = part("street and number", 128)
    trading_line2 = part("second line", 128)
    trading_town = part("town")
    trading_region = part("region")
    trading_postal_code = part("postal code", 16)
    trading_country = country_column(
        verbose_name="country", blank=True, default="", help_text="Empty: where it is registered."
    )
    scheme_merchant_id = models.CharField(
        max_length=32, validators=[scheme_id], help_text="Its id as registered with Alipay."
    )
    payment_timeout_seconds = models.PositiveSmallIntegerField(
        default=30,
        validators=[MinValueValidator(10), MaxValueValidator(180)],
        help_text="An unanswered payment is cancelled after this many seconds.",
    )
    status = models.CharField(max_length=16, choices=Standing, default=Standing.DRAFT)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "scheme_merchant_id"], name="scheme_merchant_id_is_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["acquirer", "id"],
                condition=models.Q(status__in=[each.value for each in UNFINISHED]),
                name="merchant_waits",
            )
        ]

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        """A company's number has the form of its country's register, where that is published."""
        super().clean()
        if not self.registration_number or self.organisation != self.Organisation.ENTERPRISE:
            return
        if fault := fault_of(self.country, self.registration_number):
            raise ValidationError({"registration_number": fault})
