"""The break: a difference between Alipay's truth and ours, kept with both sides' evidence."""

from django.db import models
from django.db.models import Q

from merchants.models import Merchant
from payments.models.payment import Payment
from payments.models.refund import Refund
from payments.state import BreakKind
from tenancy.scoped import TenantModel


class Break(TenantModel):
    """At most one is open per payment; what comes while it is open stands in the timeline.

    ``ours`` and ``theirs`` are what each side said at that moment. ``outcome`` says how it ended.
    """

    PREFIX = "brk"

    class Status(models.TextChoices):
        OPEN = "open"
        MENDED = "mended"  # by the platform itself
        RESOLVED = "resolved"  # by a person

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="breaks")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="+")
    livemode = models.BooleanField()
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in BreakKind])
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    needs_person = models.BooleanField()
    ours = models.JSONField()
    theirs = models.JSONField()
    outcome = models.CharField(max_length=32, blank=True, default="")  # the event that ended it
    resolution = models.CharField(max_length=256, blank=True, default="", db_default="")
    resolved_by = models.CharField(max_length=64, blank=True, default="", db_default="")
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(status="open"), name="one_open_break_per_payment"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in BreakKind]), name="break_kind_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["payment"], name="break_by_payment"),
            models.Index(
                fields=["acquirer", "-id"], condition=Q(status="open"), name="break_open_feed"
            ),
        ]
