"""What was recommended, and on which terms: the rest of the measurement is in the baskets."""

from django.db import models
from django.db.models import Q

from loyalty.basket_state import SKU_LENGTH
from merchants.models import Merchant, Store
from tenancy.audit import Audit
from tenancy.scoped import TenantModel

FULL = 10_000  # basis points: the whole


class RecommendationTerms(TenantModel):
    """How a merchant's tills recommend; without a row the defaults hold."""

    PREFIX = "rct"
    AUDIT = Audit()

    merchant = models.OneToOneField(Merchant, models.PROTECT, related_name="+")
    is_active = models.BooleanField("recommends", default=True)
    control_basis_points = models.PositiveIntegerField(
        "control group",
        default=1000,
        help_text="Basis points of the sales that are shown no offer, to compare: 1000 is 10%.",
    )
    assumed_margin_basis_points = models.PositiveIntegerField(
        "assumed margin",
        default=3000,
        help_text="Basis points of the price, for products whose cost nobody knows.",
    )

    class Meta(TenantModel.Meta):
        verbose_name = "terms of recommendations"
        verbose_name_plural = "recommendations"
        constraints = [
            models.CheckConstraint(
                condition=Q(control_basis_points__lte=5000), name="at_most_half_is_held_out"
            ),
            models.CheckConstraint(
                condition=Q(assumed_margin_basis_points__lte=FULL), name="assumed_margin_is_a_part"
            ),
        ]

    def __str__(self) -> str:
        return str(self.merchant)


class Recommendation(TenantModel):
    """One sale for which a till asked. The payment that follows has its ``merchant_reference``.

    A sale of the control group is shown nothing; what it would have been offered is kept alike.
    """

    PREFIX = "rec"

    acquirer = models.ForeignKey(
        "tenancy.Acquirer", models.PROTECT, related_name="+", db_index=False
    )
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    livemode = models.BooleanField()
    merchant_reference = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    is_control = models.BooleanField()
    rule_set_id = models.UUIDField(null=True)  # what it was drawn from; sets are forgotten
    asked_count = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "merchant_reference"],
                name="one_recommendation_per_sale",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "livemode", "-id"], name="recommendation_feed"),
        ]


class Offer(TenantModel):
    """One product that a sale was offered, or would have been in the control group.

    Amounts are minor units of the sale's currency. ``unit_cost_minor`` is what was reckoned with,
    also where it was only assumed.
    """

    PREFIX = "ofr"

    acquirer = models.ForeignKey(
        "tenancy.Acquirer", models.PROTECT, related_name="+", db_index=False
    )
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    livemode = models.BooleanField()
    recommendation = models.ForeignKey(
        Recommendation, models.CASCADE, related_name="offers", db_index=False
    )
    rank = models.PositiveSmallIntegerField()
    sku = models.CharField(max_length=SKU_LENGTH)
    name = models.CharField(max_length=128)
    category = models.CharField(max_length=64, blank=True, default="")
    price_minor = models.BigIntegerField()
    unit_cost_minor = models.BigIntegerField()
    is_cost_assumed = models.BooleanField()
    both_count = models.PositiveIntegerField()
    antecedent_count = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "sku"], name="offered_once_a_sale"),
        ]
