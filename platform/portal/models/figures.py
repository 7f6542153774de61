"""Sums of payments by time and place, so that no page ever scans the payments."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from merchants.models import Merchant, PartnerAccount, Store, Terminal
from tenancy.scoped import TenantModel


class Figures(TenantModel):
    """Counts of payments that were created, and of refunds that were asked for, from ``since`` on.

    A payment counts where it began, with what has become of it: so a row changes when a payment
    of its time ends. Amounts are minor units. ``failures`` and ``answers`` are arrays with the
    positions of portal.measures.
    """

    since = models.DateTimeField()
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    partner_account = models.ForeignKey(
        PartnerAccount, models.PROTECT, related_name="+", db_index=False
    )
    livemode = models.BooleanField()
    currency = models.CharField(max_length=3)

    tried = models.BigIntegerField()
    succeeded = models.BigIntegerField()
    failed = models.BigIntegerField()
    canceled = models.BigIntegerField()
    in_doubt = models.BigIntegerField()  # not ended yet
    unknown = models.BigIntegerField()  # Alipay's answer to the first call told nothing
    amount_minor = models.BigIntegerField()  # of the succeeded ones
    refunds = models.BigIntegerField()  # succeeded
    refunded_minor = models.BigIntegerField()
    failures = ArrayField(models.BigIntegerField())
    answers = ArrayField(models.BigIntegerField())  # of the first call, by its answer's time

    class Meta(TenantModel.Meta):
        abstract = True


class SlotFigures(Figures):
    """Five minutes of one terminal (or of what was sold in a store without saying where)."""

    PREFIX = "slt"

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    terminal = models.ForeignKey(
        Terminal, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta(Figures.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "since", "acquirer", "merchant", "store", "terminal", "partner_account",
                    "livemode", "currency",
                ],
                nulls_distinct=False,
                name="one_row_per_slot_and_place",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["acquirer", "since"], name="slot_by_acquirer")]


class HourFigures(Figures):
    """One hour of one merchant: the sum of its slots."""

    PREFIX = "hrs"

    class Meta(Figures.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "since", "acquirer", "merchant", "partner_account", "livemode", "currency",
                ],
                name="one_row_per_hour_and_merchant",
            )
        ]  # fmt: skip
        indexes = [models.Index(fields=["acquirer", "since"], name="hour_by_acquirer")]


class Progress(models.Model):
    """How far a piece of background work has come; the platform's own, and no tenant's."""

    name = models.CharField(primary_key=True, max_length=32)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%Y-%m-%d %H:%M:%S}"
