"""The ledger of points: appended to and never edited. The database itself refuses otherwise."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from loyalty.member_state import EntryKind, labels, values
from loyalty.models.member import OF_PROGRAMME, Member
from loyalty.models.programme import Programme
from tenancy.scoped import TenantModel


class PointsEntry(TenantModel):
    """Points that came (above zero) or went, with what they came or went for.

    What comes is a **lot** that expires. What goes names the lot it is taken from, so that the sum
    of a lot and of what names it is what is left of it. What goes and finds no lot is a **debt**,
    and is repaid by what names it. A trigger refuses more than a lot has, and keeps the balance.
    """

    PREFIX = "pts"
    MERCHANT_COLUMN = OF_PROGRAMME
    IS_APPEND_ONLY: ClassVar[bool] = True

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField(max_length=8, choices=labels(EntryKind))
    points = models.BigIntegerField()
    lot = models.ForeignKey("self", models.PROTECT, null=True, related_name="uses")
    expires_at = models.DateTimeField(null=True)
    cause_type = models.CharField(max_length=16)  # payment, refund, lot, adjustment
    cause_id = models.UUIDField()
    reason = models.CharField(max_length=256, blank=True, default="")
    made_by = models.CharField(max_length=128, blank=True, default="")  # "" where a rule did

    class Meta(TenantModel.Meta):
        verbose_name = "entry of points"
        verbose_name_plural = "points"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "cause_type", "cause_id", "lot"],
                nulls_distinct=False,
                name="points_are_written_once_per_cause",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=values(EntryKind)), name="points_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(points=0), name="points_are_not_zero"),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.EARN) | Q(points__gt=0, lot__isnull=True),
                name="what_is_earned_is_a_lot",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.EXPIRE) | Q(points__lt=0, lot__isnull=False),
                name="what_expires_comes_from_a_lot",
            ),
            models.CheckConstraint(  # above zero: points that were spent come back to their lot
                condition=~Q(kind=EntryKind.BURN) | Q(lot__isnull=False),
                name="what_is_spent_comes_from_a_lot",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=False, lot__isnull=True, points__gt=0)
                | (Q(expires_at__isnull=True) & (Q(lot__isnull=False) | Q(points__lt=0))),
                name="every_lot_expires_and_nothing_else",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-id"], name="points_of_member"),
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="points_lot_expires",
            ),
        ]
