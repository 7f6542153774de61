"""Campaigns: what they take off, for whom, how often, and where."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from loyalty.campaign_state import CampaignStatus
from loyalty.discounts import FULL, DiscountKind, Terms
from loyalty.member_state import labels, values
from merchants.models import Merchant, Store
from tenancy.audit import Audit
from tenancy.scoped import TenantModel, Through

OF_CAMPAIGN = Through("loyalty.CampaignMerchant", column="campaign_id", theirs="campaign_id")
_COUNTED = frozenset({"reserved_count", "reserved_minor", "redeemed_count", "redeemed_minor"})


class Campaign(TenantModel):
    """Terms of a discount. The merchants that ``CampaignMerchant`` names take its coupons.

    The four counts are kept by a trigger of ``loyalty_redemption`` and nothing else writes them;
    checks of the database hold them within budget and limit.
    """

    PREFIX = "cmp"
    MERCHANT_COLUMN = Through("loyalty.CampaignMerchant", column="id", theirs="campaign_id")
    AUDIT = Audit(merchant_column=None, ignored=_COUNTED)

    name = models.CharField(max_length=64)
    livemode = models.BooleanField("live", default=False)
    status = models.CharField(
        max_length=8, choices=labels(CampaignStatus), default=CampaignStatus.DRAFT, editable=False
    )
    kind = models.CharField("takes off", max_length=12, choices=labels(DiscountKind))
    currency = models.CharField(max_length=3)
    amount_minor = models.PositiveBigIntegerField(
        "fixed sum", default=0, help_text="In its currency: 5.00."
    )
    basis_points = models.PositiveIntegerField(
        "part, basis points", default=0, help_text="1000 is 10 %, 10000 all of it."
    )
    cap_minor = models.PositiveBigIntegerField(
        "at most", null=True, blank=True, help_text="What one payment saves at most."
    )
    skus = ArrayField(models.CharField(max_length=64), default=list, blank=True, size=200)
    categories = ArrayField(models.CharField(max_length=64), default=list, blank=True, size=50)
    buy_quantity = models.PositiveIntegerField("buy so many", default=0)
    get_quantity = models.PositiveIntegerField("get so many for less", default=0)

    minimum_spend_minor = models.PositiveBigIntegerField("minimum spend", default=0)
    is_first_purchase_only = models.BooleanField("first purchase only", default=False)
    starts_at = models.DateTimeField("begins")
    ends_at = models.DateTimeField("ends")
    zone = models.CharField("time zone", max_length=64, default="Asia/Hong_Kong")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)]),
        default=list,
        blank=True,
        size=7,
    )
    hours_from = models.TimeField("happy hour begins", null=True, blank=True)
    hours_until = models.TimeField("happy hour ends", null=True, blank=True)
    is_stackable = models.BooleanField("combines with other coupons", default=False)

    budget_minor = models.PositiveBigIntegerField(
        "budget", null=True, blank=True, help_text="Empty: no limit."
    )
    total_limit = models.PositiveIntegerField(
        "redemptions at most", null=True, blank=True, help_text="Empty: no limit."
    )
    member_limit = models.PositiveIntegerField(
        "redemptions per member", null=True, blank=True, help_text="Empty: no limit."
    )
    acquirer_basis_points = models.PositiveIntegerField(
        "the acquirer's part, basis points",
        default=0,
        help_text="10000: the acquirer bears all of it, and owes it to the merchant; 0: none.",
    )

    reserved_count = models.PositiveIntegerField(default=0, editable=False)
    reserved_minor = models.PositiveBigIntegerField(default=0, editable=False)
    redeemed_count = models.PositiveIntegerField(default=0, editable=False)
    redeemed_minor = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "livemode", "name"], name="campaign_name_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=values(CampaignStatus)), name="campaign_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=DiscountKind.AMOUNT, amount_minor__gt=0, basis_points=0, buy_quantity=0
                )
                | Q(kind=DiscountKind.PERCENTAGE, amount_minor=0, basis_points__gt=0)
                | Q(kind=DiscountKind.ITEM, amount_minor__gt=0, basis_points=0)
                | Q(kind=DiscountKind.ITEM, amount_minor=0, basis_points__gt=0)
                | Q(
                    kind=DiscountKind.BUY_X_GET_Y,
                    amount_minor=0,
                    basis_points__gt=0,
                    buy_quantity__gt=0,
                    get_quantity__gt=0,
                ),
                name="campaign_says_what_its_kind_takes_off",
            ),
            models.CheckConstraint(
                condition=Q(basis_points__lte=FULL, acquirer_basis_points__lte=FULL),
                name="campaign_parts_are_parts",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="campaign_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(hours_from__isnull=True, hours_until__isnull=True)
                | Q(hours_from__isnull=False, hours_until__isnull=False),
                name="happy_hour_begins_and_ends",
            ),
            models.CheckConstraint(
                condition=Q(budget_minor__isnull=True)
                | Q(budget_minor__gte=F("reserved_minor") + F("redeemed_minor")),
                name="a_budget_is_never_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(total_limit__isnull=True)
                | Q(total_limit__gte=F("reserved_count") + F("redeemed_count")),
                name="a_limit_of_redemptions_is_never_exceeded",
            ),
        ]
        indexes = [models.Index(fields=["acquirer", "-id"], name="campaign_of_acquirer")]

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> Terms:
        """For ``loyalty.discounts``."""
        return Terms(
            kind=DiscountKind(self.kind),
            amount_minor=self.amount_minor,
            basis_points=self.basis_points,
            cap_minor=self.cap_minor,
            skus=frozenset(self.skus),
            categories=frozenset(self.categories),
            buy_quantity=self.buy_quantity,
            get_quantity=self.get_quantity,
        )

    @property
    def budget_left_minor(self) -> int | None:
        """Minor units that it may still promise; None without a budget."""
        if self.budget_minor is None:
            return None
        return self.budget_minor - self.reserved_minor - self.redeemed_minor

    @property
    def uses_left(self) -> int | None:
        """Redemptions that are left; None without a limit."""
        if self.total_limit is None:
            return None
        return self.total_limit - self.reserved_count - self.redeemed_count


class CampaignMerchant(TenantModel):
    """A merchant whose tills take the campaign's coupons."""

    PREFIX = "cmm"
    AUDIT = Audit()

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="participants")
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "merchant"], name="a_merchant_takes_part_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.merchant)


class CampaignStore(TenantModel):
    """Where a campaign is for certain stores only: one of them."""

    PREFIX = "cms"
    MERCHANT_COLUMN = OF_CAMPAIGN
    AUDIT = Audit(merchant_column=None)

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="stores")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["campaign", "store"], name="a_store_is_named_once"),
        ]

    def __str__(self) -> str:
        return str(self.store)
