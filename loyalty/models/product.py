"""A merchant's catalogue: what it sells, at which price, and what that costs the merchant."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from kernel.currencies import MINOR_DIGITS
from loyalty.basket_state import AMOUNT_LIMIT_MINOR, SKU_LENGTH
from merchants.models import Merchant, SheetImport
from tenancy.audit import Audit
from tenancy.due_work import PROGRESS
from tenancy.scoped import TenantModel


def check_currency(code: str) -> None:
    """Raises ValidationError for what is no active currency."""
    if code not in MINOR_DIGITS:
        raise ValidationError("Write an ISO 4217 code in capitals, such as HKD.", code="invalid")


class Product(TenantModel):
    """One article, known by its number (sku). Amounts are minor units of ``currency``."""

    PREFIX = "prd"
    AUDIT = Audit()

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    sku = models.CharField("SKU", max_length=SKU_LENGTH)
    name = models.CharField(max_length=128)
    category = models.CharField(max_length=64, blank=True, default="")
    currency = models.CharField(max_length=3, validators=[check_currency])
    price_minor = models.BigIntegerField(
        "price", null=True, blank=True, help_text="In its currency: 10.50."
    )
    cost_minor = models.BigIntegerField(
        "cost",
        null=True,
        blank=True,
        help_text="What the merchant pays for it. No till and no customer sees it.",
    )
    is_active = models.BooleanField("on sale", default=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "sku"], name="product_sku_is_unique"),
            models.CheckConstraint(
                condition=~Q(sku="") & ~Q(name=""), name="product_has_sku_and_name"
            ),
            models.CheckConstraint(
                condition=Q(price_minor__isnull=True)
                | Q(price_minor__gte=0, price_minor__lte=AMOUNT_LIMIT_MINOR),
                name="product_price_is_bounded",
            ),
            models.CheckConstraint(
                condition=Q(cost_minor__isnull=True)
                | Q(cost_minor__gte=0, cost_minor__lte=AMOUNT_LIMIT_MINOR),
                name="product_cost_is_bounded",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="product_feed"),
            models.Index(fields=["acquirer", "-id"], name="product_of_acquirer"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class CatalogueImport(SheetImport):
    """A sheet of products of one merchant."""

    PREFIX = "cim"
    AUDIT = Audit(secret=frozenset({"content"}), ignored=PROGRESS | {"rows_done"})
    MERCHANT_COLUMN = "merchant_id"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)

    class Meta(SheetImport.Meta):
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(due_at__isnull=False),
                name="catalogue_import_due",
            )
        ]
