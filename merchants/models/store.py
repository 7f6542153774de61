"""Where a merchant sells."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from merchants.models.columns import STATUSES, country_column, part, scheme_id
from merchants.models.merchant import Merchant
from merchants.state import Status
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class Store(TenantModel):
    """A place of business. Alipay's risk control stops payments that name no store."""

    PREFIX = "str"
    AUDIT = Audit()

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="stores")
    name = models.CharField(max_length=128)
    scheme_store_id = models.CharField(max_length=32, validators=[scheme_id])
    line1 = part("street and number", 128)
    line2 = part("second line", 128)
    town = part("town")
    region = part("region")
    postal_code = part("postal code", 16)
    country = country_column(blank=True, default="", help_text="Empty: the merchant's.")
    latitude = models.DecimalField(
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-90)), MaxValueValidator(Decimal(90))],
        help_text="In degrees, such as 22.281900.",
    )
    longitude = models.DecimalField(
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-180)), MaxValueValidator(Decimal(180))],
        help_text="In degrees, such as 114.158100.",
    )
    status = models.CharField(max_length=16, choices=STATUSES, default=Status.ACTIVE)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "scheme_store_id"], name="scheme_store_id_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            raise ValidationError({missing: "Give both of them, or neither."})
