"""Launches: a campaign's coupons for the members of a segment, each once, and who was held out."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from loyalty.launch_state import LAUNCH_LABELS, AudienceStatus, LaunchStatus
from loyalty.member_state import labels, values
from loyalty.models.campaign import Campaign
from loyalty.models.coupon import Coupon
from loyalty.models.member import Member
from loyalty.models.programme import Programme
from merchants.models import Merchant
from tenancy.audit import Audit
from tenancy.due_work import PROGRESS, TriedRow
from tenancy.scoped import TenantModel

FULL = 10_000  # basis points: all


class Launch(TriedRow):
    """A segment of one merchant's customers, or of a programme's members, and what they get.

    ``segment`` says who; only whoever chooses the members reads it (portal.marketing). Of the
    acquirer's staff alone: what the customers of one merchant are is no other merchant's to know.
    """

    PREFIX = "lch"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None, ignored=PROGRESS | {"issued_count", "withheld_count"})

    name = models.CharField(max_length=64)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="launches")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    merchant = models.ForeignKey(
        Merchant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="customers of",
        help_text="Empty: every member of the programme, chosen by tier alone.",
    )
    segment = models.JSONField(default=dict, blank=True, editable=False)
    control_basis_points = models.PositiveIntegerField(
        "control group",
        default=1000,
        validators=[MaxValueValidator(5000)],
        help_text="Basis points of the members who get no coupon, to compare: 1000 is 10%.",
    )
    measured_days = models.PositiveSmallIntegerField(
        "measured for, days",
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(180)],
        help_text="From the day of the launch: what both groups buy is compared.",
    )
    expected_basis_points = models.PositiveIntegerField(
        "expected to be redeemed",
        null=True,
        blank=True,
        validators=[MaxValueValidator(FULL)],
        help_text="Basis points of the coupons. Empty: as in the launches before.",
    )
    is_first_come = models.BooleanField(
        "first come, first served",
        default=False,
        help_text="More coupons than the budget can pay: who comes late gets nothing off.",
    )
    status = models.CharField(
        max_length=8, choices=LAUNCH_LABELS, default=LaunchStatus.DRAFT, editable=False
    )
    launched_at = models.DateTimeField(null=True, editable=False)
    launched_by = models.CharField(max_length=128, blank=True, default="", editable=False)
    target_count = models.PositiveIntegerField("members", default=0, editable=False)
    control_count = models.PositiveIntegerField("held out", default=0, editable=False)
    issued_count = models.PositiveIntegerField("coupons issued", default=0, editable=False)
    withheld_count = models.PositiveIntegerField("withheld", default=0, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=256, blank=True, default="", editable=False)

    class Meta(TriedRow.Meta):
        verbose_name_plural = "launches"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=values(LaunchStatus)), name="launch_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(control_basis_points__lte=5000), name="at_most_half_an_audience_waits"
            ),
            models.CheckConstraint(
                condition=Q(measured_days__gte=1, measured_days__lte=180),
                name="a_launch_is_measured_for_days",
            ),
            models.CheckConstraint(
                condition=Q(
                    target_count__gte=models.F("issued_count") + models.F("withheld_count")
                ),
                name="a_launch_issues_to_its_audience_only",
            ),
            models.CheckConstraint(
                condition=Q(status=LaunchStatus.DRAFT, launched_at__isnull=True)
                | (~Q(status=LaunchStatus.DRAFT) & Q(launched_at__isnull=False)),
                name="a_launch_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["acquirer", "-id"], name="launch_of_acquirer"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="launch_due"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def livemode(self) -> bool:
        """The campaign's."""
        return self.campaign.livemode

    @property
    def is_draft(self) -> bool:
        return self.status == LaunchStatus.DRAFT


class AudienceMember(TenantModel):
    """A member as the launch found them, and the coupon that they got. Frozen with the launch.

    A member who is forgotten leaves the row, and so does their coupon: the database itself sees to
    it (a trigger of ``loyalty_member``). The row stays, and counts as somebody.
    """

    PREFIX = "aud"
    MERCHANT_COLUMN = None

    launch = models.ForeignKey(Launch, models.PROTECT, related_name="audience", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=8, choices=labels(AudienceStatus))
    coupon = models.OneToOneField(Coupon, models.PROTECT, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["launch", "member"], name="a_member_is_in_an_audience_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=values(AudienceStatus)), name="audience_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status=AudienceStatus.ISSUED, coupon__isnull=False)
                | Q(status=AudienceStatus.ISSUED, member__isnull=True)
                | (~Q(status=AudienceStatus.ISSUED) & Q(coupon__isnull=True)),
                name="who_was_issued_a_coupon_has_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["launch", "id"],
                condition=Q(status=AudienceStatus.WAITING),
                name="audience_waits",
            ),
        ]
