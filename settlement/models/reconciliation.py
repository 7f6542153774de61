"""Comparing the books: each run, and each difference that somebody must explain."""

from django.db import models
from django.db.models import Q

from merchants.models import PartnerAccount
from settlement.models.scheme_file import SchemeFile
from settlement.state import BreakKind, BreakState, Resolution, Way, labels
from tenancy.audit import Audit
from tenancy.models import Staff
from tenancy.scoped import TenantModel


class Run(TenantModel):
    """A business day compared one way; done again, the same row tells of the last time.

    ``lease_until``: till then a sweep leaves it to the worker that began it, alive or not.
    """

    PREFIX = "run"
    MERCHANT_COLUMN = None

    partner_account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    way = models.CharField(max_length=16, choices=labels(Way))
    business_date = models.DateField()
    file = models.ForeignKey(SchemeFile, models.PROTECT, related_name="+")
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)  # of the file
    found = models.PositiveIntegerField(default=0)  # breaks, old and new
    opened = models.PositiveIntegerField(default=0)  # by the last time
    mended = models.PositiveIntegerField(default=0)  # by the last time

    class Meta(TenantModel.Meta):
        verbose_name = "reconciliation run"
        constraints = [
            models.UniqueConstraint(
                fields=["partner_account", "way", "business_date"],
                name="a_day_has_one_run_each_way",
            )
        ]


class Break(TenantModel):
    """A break of reconciliation, found once: its natural key is what it is about.

    ``ours`` and ``theirs`` are what each side says; ``amount_at_risk`` is unsigned minor units.
    """

    PREFIX = "rbk"
    MERCHANT_COLUMN = None
    AUDIT = Audit()

    merchant_id = models.UUIDField(null=True)
    partner_account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    way = models.CharField(max_length=16, choices=labels(Way))
    business_date = models.DateField()
    kind = models.CharField(max_length=16, choices=labels(BreakKind))
    about = models.CharField(max_length=80)  # the row's own id with its kind: PAYMENT pay01j…
    state = models.CharField(max_length=8, choices=labels(BreakState), default=BreakState.OPEN)
    payment_id = models.UUIDField(null=True)
    refund_id = models.UUIDField(null=True)
    file = models.ForeignKey(SchemeFile, models.PROTECT, related_name="+")
    line = models.PositiveIntegerField(null=True)
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    amount_at_risk = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    asked_at = models.DateTimeField(null=True)  # when the platform asked the scheme about it
    owner = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    resolution = models.CharField(
        max_length=16, choices=labels(Resolution), default="", blank=True, db_default=""
    )
    outcome = models.CharField(max_length=512, default="", blank=True)
    ended_by = models.CharField(max_length=128, default="", blank=True)
    approved_by = models.CharField(max_length=128, default="", blank=True, db_default="")

    class Meta(TenantModel.Meta):
        verbose_name = "reconciliation break"
        constraints = [
            models.UniqueConstraint(
                fields=["partner_account", "way", "business_date", "kind", "about"],
                name="a_break_is_found_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in BreakKind]),
                name="reconciliation_break_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state=BreakState.OPEN, ended_at__isnull=True)
                | (~Q(state=BreakState.OPEN) & Q(ended_at__isnull=False)),
                name="reconciliation_break_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(state=BreakState.RESOLVED) | Q(resolution=""),
                name="a_break_is_resolved_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=models.F("ended_by")),
                name="a_break_is_approved_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["acquirer", "-id"], name="rec_break_of_acquirer"),
            models.Index(
                fields=["acquirer", "business_date"],
                condition=Q(state=BreakState.OPEN),
                name="rec_break_that_is_open",
            ),
        ]


class Note(TenantModel):
    """What somebody found out about a break."""

    PREFIX = "rnt"
    MERCHANT_COLUMN = None
    IS_APPEND_ONLY = True

    of = models.ForeignKey(Break, models.PROTECT, related_name="notes")
    text = models.CharField(max_length=2000)
    written_by = models.CharField(max_length=128)

    class Meta(TenantModel.Meta):
        verbose_name = "note on a break"
        verbose_name_plural = "notes on breaks"
