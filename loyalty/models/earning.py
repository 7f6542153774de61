"""What a payment of a member earned: one row for each, and the list of what is still to be done."""

from django.db import models
from django.db.models import F, Q

from loyalty.models.member import Member
from merchants.models import Merchant
from payments.models import Payment
from tenancy.scoped import TenantModel


class Earning(TenantModel):
    """Written in the statement that lets the payment succeed; due until its points are right.

    A refund or a cancel makes it due again. ``points`` is what was earned (None: not yet reckoned),
    ``kept_points`` what refunds have left of it.
    """

    PREFIX = "eng"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="earnings")
    points = models.BigIntegerField(null=True)
    kept_points = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kept_points=0, points__isnull=True)
                | Q(kept_points__gte=0, points__gte=F("kept_points")),
                name="no_more_is_kept_than_was_earned",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="earning_due"),
        ]
