"""Fee plans: what merchants are charged, in versions that are appended to and never edited."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from merchants.models import Merchant
from settlement.fees.prices import Price
from settlement.fees.words import Returning, Rounding, Tiers
from settlement.state import labels
from tenancy.audit import Audit
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


class FeePlan(TenantModel):
    """A name; what it charges stands in its versions."""

    PREFIX = "fpl"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None)

    name = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        verbose_name = "fee plan"
        constraints = [
            models.UniqueConstraint(fields=["acquirer", "name"], name="fee_plan_name_is_unique")
        ]

    def __str__(self) -> str:
        return self.name


class FeeVersion(TenantModel):
    """What a plan charges for sales from ``starts_at`` until its next version starts.

    ``starts_at`` is the first instant of ``starts_on`` in ``zone``, the acquirer's when the version
    was made. Of two that start together the later one counts. A refund follows the version that
    charged its sale.
    """

    PREFIX = "fpv"
    MERCHANT_COLUMN = None
    IS_APPEND_ONLY: ClassVar[bool] = True
    AUDIT = Audit(merchant_column=None)

    plan = models.ForeignKey(FeePlan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()  # 1, 2, 3, … of a plan
    starts_on = models.DateField()
    zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    tiers = models.CharField(max_length=8, choices=labels(Tiers), default=Tiers.MARGINAL)
    rounding = models.CharField(max_length=9, choices=labels(Rounding), default=Rounding.HALF_UP)
    on_refund = models.CharField(
        "fee on refund", max_length=8, choices=labels(Returning), default=Returning.RETURNED
    )
    on_cancel = models.CharField(
        "fee on cancel", max_length=8, choices=labels(Returning), default=Returning.RETURNED
    )
    made_by = models.CharField(max_length=128)
    approved_by = models.CharField(max_length=128, blank=True, default="")  # "" where one sufficed

    class Meta(TenantModel.Meta):
        verbose_name = "fee version"
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="fee_version_is_numbered"),
            models.CheckConstraint(
                condition=Q(number=1) | Q(starts_at__gt=models.F("created_at")),
                name="fee_version_leaves_the_past_alone",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=models.F("made_by")),
                name="fee_version_is_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"

    @property
    def price_list(self) -> list[Price]:
        """Its prices, in the order in which they were written."""
        return [row.price for row in self.prices.order_by("place")]


class FeePrice(TenantModel):
    """One price of a version: settlement.fees.prices.Price as a row. Amounts are minor units."""

    PREFIX = "fpr"
    MERCHANT_COLUMN = None
    IS_APPEND_ONLY: ClassVar[bool] = True

    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(FeeVersion, models.PROTECT, related_name="prices", db_index=False)
    place = models.PositiveSmallIntegerField()
    scheme = models.CharField(max_length=16, blank=True, default="")
    currency = models.CharField(max_length=3)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    first_days = models.PositiveSmallIntegerField(null=True)
    above_minor = models.BigIntegerField(default=0)
    basis_points = models.DecimalField(max_digits=9, decimal_places=4)
    fixed_minor = models.BigIntegerField(default=0)
    minimum_minor = models.BigIntegerField(null=True)
    maximum_minor = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = "fee price"
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="fee_price_has_its_place"),
            models.CheckConstraint(
                condition=Q(basis_points__gte=0, basis_points__lte=10_000)
                & Q(fixed_minor__gte=0, above_minor__gte=0),
                name="fee_price_is_a_price",
            ),
        ]

    @property
    def price(self) -> Price:
        """The row as the rule reads it."""
        return Price(
            currency=self.currency,
            basis_points=self.basis_points,
            fixed=self.fixed_minor,
            minimum=self.minimum_minor,
            maximum=self.maximum_minor,
            scheme=self.scheme,
            first_day=self.first_day,
            last_day=self.last_day,
            first_days=self.first_days,
            above=self.above_minor,
        )


class FeeAssignment(TenantModel):
    """Which plan a merchant is charged by, from a day on; without ``plan``, by none.

    The latest that has started counts. ``starts_at`` is as of a version.
    """

    PREFIX = "fas"
    IS_APPEND_ONLY: ClassVar[bool] = True
    AUDIT = Audit()

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(
        FeePlan, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    starts_on = models.DateField()
    zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    made_by = models.CharField(max_length=128)
    approved_by = models.CharField(max_length=128, blank=True, default="")

    class Meta(TenantModel.Meta):
        verbose_name = "fee assignment"
        constraints = [
            models.CheckConstraint(
                # At the earliest the day on which it is made, which may have 25 hours.
                condition=Q(starts_at__gt=models.F("created_at") - timedelta(hours=25)),
                name="fee_assignment_leaves_the_past_alone",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=models.F("made_by")),
                name="fee_assignment_is_approved_by_another",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "starts_at"], name="assignment_of_merchant")]
