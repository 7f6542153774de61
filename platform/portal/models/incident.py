"""A trouble that live health has named: where, since when, how bad."""

from django.db import models
from django.db.models import Q

from merchants.models import ApiKey, Merchant, PartnerAccount, Store, Terminal
from portal.state import Kind, Level
from tenancy.scoped import TenantModel


class Incident(TenantModel):
    """Open until ``ended_at``; at most one is open per kind and place.

    ``value`` is what the rule read last (a share of 1, or milliseconds) and ``sample`` how many
    payments it rests on. ``mail_due_at``: operations are to be told, or are being told.
    """

    PREFIX = "inc"

    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in Kind])
    level = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Level])
    livemode = models.BooleanField()
    partner_account = models.ForeignKey(
        PartnerAccount, models.PROTECT, null=True, blank=True, related_name="+"
    )
    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, blank=True, related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")
    terminal = models.ForeignKey(Terminal, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=200, blank=True, default="")
    key = models.ForeignKey(ApiKey, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.FloatField()
    sample = models.PositiveIntegerField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "kind", "acquirer", "livemode", "partner_account", "merchant", "store",
                    "terminal", "address", "key",
                ],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_open_incident_per_kind_and_place",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["acquirer", "-id"],
                condition=Q(ended_at__isnull=True),
                name="incident_open_feed",
            ),
            models.Index(fields=["ended_at"], name="incident_ended"),
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="incident_mail_due",
            ),
        ]
