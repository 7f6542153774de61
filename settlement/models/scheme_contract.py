"""What the contract with the scheme says of its fee."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from merchants.models import PartnerAccount
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class SchemeContract(TenantModel):
    """One per partner account; without one, fees are not compared."""

    PREFIX = "sco"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None)

    partner_account = models.OneToOneField(PartnerAccount, models.PROTECT, related_name="+")
    fee_basis_points = models.DecimalField(
        "the scheme's fee",
        max_digits=7,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10_000)],
        help_text="Of each amount, rounded half up; 60 is 0.6 %. Empty: fees are not compared.",
    )
    returns_fee = models.BooleanField(
        "fee comes back with a refund",
        default=True,
        help_text="Off: a refund costs no fee and gives none back.",
    )

    class Meta(TenantModel.Meta):
        verbose_name = "contract with the scheme"
        verbose_name_plural = "contracts with the scheme"
