"""What was bought together: baskets and their lines, in rows that can be counted."""

from django.db import models
from django.db.models import Q

from loyalty.basket_state import SKU_LENGTH, BasketSource
from loyalty.member_state import labels, values
from merchants.models import Merchant, Store
from tenancy.scoped import TenantModel


class Basket(TenantModel):
    """What one customer bought at once. The basket of a payment has the payment's id.

    It is written from the payment and goes when the payment is cancelled; ``refunded_minor`` is
    what went back since. ``lines_minor`` is what its lines add up to, which discounts, tips and
    rounding may set apart from ``amount_minor``.
    """

    PREFIX = "bsk"

    acquirer = models.ForeignKey(
        "tenancy.Acquirer", models.PROTECT, related_name="+", db_index=False
    )
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    store = models.ForeignKey(Store, models.PROTECT, null=True, related_name="+", db_index=False)
    livemode = models.BooleanField()
    source = models.CharField(
        max_length=8, choices=labels(BasketSource), default=BasketSource.PAYMENT
    )
    file = models.CharField(max_length=64, blank=True, default="")  # "" for a payment's
    reference = models.CharField(max_length=64)  # the merchant's own
    bought_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    lines_minor = models.BigIntegerField()
    line_count = models.PositiveIntegerField()
    member_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "source", "file", "reference"],
                name="a_basket_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(source__in=values(BasketSource)), name="basket_source_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "livemode", "-bought_at"], name="basket_by_time"),
            models.Index(
                fields=["member_id", "-bought_at"],
                condition=Q(member_id__isnull=False),
                name="basket_of_member",
            ),
        ]


class BasketLine(TenantModel):
    """One line. Amounts are minor units of the basket's currency.

    ``sku`` and ``category`` are "" and ``unit_cost_minor`` is None where neither till nor catalogue
    said.
    """

    PREFIX = "bsl"

    acquirer = models.ForeignKey(
        "tenancy.Acquirer", models.PROTECT, related_name="+", db_index=False
    )
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    livemode = models.BooleanField()
    basket = models.ForeignKey(Basket, models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField()  # from 1, as the till sent them
    bought_at = models.DateTimeField()
    sku = models.CharField(max_length=SKU_LENGTH, blank=True, default="")
    name = models.CharField(max_length=128)
    category = models.CharField(max_length=64, blank=True, default="")
    quantity = models.PositiveIntegerField()
    unit_amount_minor = models.BigIntegerField()
    unit_cost_minor = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["basket", "number"], name="a_line_has_its_number"),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "livemode", "sku", "-bought_at"], name="line_by_product"
            ),
        ]


class BasketProgress(models.Model):
    """How far the payments were looked through; the platform's own, and no tenant's."""

    name = models.CharField(primary_key=True, max_length=32)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%Y-%m-%d %H:%M:%S}"
