"""Coupons: what a customer brings, and what has been promised and given for it."""

from django.db import models
from django.db.models import F, Q

from loyalty.campaign_state import CouponStatus, RedemptionStatus
from loyalty.coupon_codes import new_code
from loyalty.member_state import labels, values
from loyalty.models.campaign import OF_CAMPAIGN, Campaign
from loyalty.models.member import Member
from merchants.models import Merchant
from payments.models import Payment
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class Coupon(TenantModel):
    """A code of a campaign: shared by many customers (``uses_limit`` empty), or for one use.

    With a ``member`` it is theirs alone. The counts are kept as the campaign's are.
    """

    PREFIX = "cpn"
    MERCHANT_COLUMN = OF_CAMPAIGN
    AUDIT = Audit(
        merchant_column=None,
        secret=frozenset({"code"}),
        ignored=frozenset({"reserved_count", "redeemed_count"}),
    )

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="coupons", db_index=False)
    livemode = models.BooleanField(editable=False)
    code = models.CharField(max_length=32, default=new_code)
    status = models.CharField(
        max_length=12, choices=labels(CouponStatus), default=CouponStatus.ACTIVE, editable=False
    )
    uses_limit = models.PositiveIntegerField("uses", null=True, blank=True, default=1)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    issued_by = models.CharField(max_length=128, editable=False)
    order = models.ForeignKey(
        "loyalty.CodeOrder",
        models.PROTECT,
        null=True,
        related_name="coupons",
        db_index=False,
        editable=False,
    )
    reserved_count = models.PositiveIntegerField(default=0, editable=False)
    redeemed_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "livemode", "code"], name="coupon_code_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=values(CouponStatus)), name="coupon_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(uses_limit__isnull=True)
                | Q(uses_limit__gte=F("reserved_count") + F("redeemed_count")),
                name="a_coupon_is_never_used_too_often",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "-id"], name="coupon_of_campaign"),
            models.Index(
                fields=["order", "id"], condition=Q(order__isnull=False), name="coupon_of_order"
            ),
        ]

    @property
    def uses_left(self) -> int | None:
        """How often it may still be used; None where the campaign alone says."""
        if self.uses_limit is None:
            return None
        return self.uses_limit - self.reserved_count - self.redeemed_count


class Redemption(TenantModel):
    """A coupon in one payment; its status follows the payment's (loyalty.campaign_state)."""

    PREFIX = "rdm"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="redemptions", db_index=False
    )
    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="redemptions")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", db_index=False)
    status = models.CharField(
        max_length=8, choices=labels(RedemptionStatus), default=RedemptionStatus.RESERVED
    )
    amount_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0)  # by refunds of a part
    # Of the amount, what the acquirer bears by the terms of that moment.
    borne_minor = models.BigIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "coupon"], name="a_coupon_is_once_in_a_payment"
            ),
            models.CheckConstraint(
                condition=Q(status__in=values(RedemptionStatus)), name="redemption_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(returned_minor__gte=0, amount_minor__gte=F("returned_minor"))
                & Q(amount_minor__gt=0),
                name="a_redemption_gives_back_what_it_took",
            ),
            models.CheckConstraint(
                condition=Q(borne_minor__gte=0, borne_minor__lte=F("amount_minor")),
                name="the_acquirer_bears_a_part_of_a_redemption",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "member", "status"], name="redemption_of_member"),
            models.Index(fields=["campaign", "-id"], name="redemption_of_campaign"),
        ]
