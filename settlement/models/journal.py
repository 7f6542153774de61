"""A journal: the acquirer's books of some days as a file that its accounting takes."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from settlement.models.payment_file import random_name
from tenancy.scoped import TenantModel


class Journal(TenantModel):
    """Made of business days that have ended: the same days make the same bytes.

    ``totals`` are the debits, which are the credits, in minor units by currency.
    """

    PREFIX = "jnl"
    MERCHANT_COLUMN: ClassVar[str | None] = None
    IS_APPEND_ONLY: ClassVar[bool] = True

    class Form(models.TextChoices):
        ENTRIES = "entries", "each entry"
        DAILY = "daily", "each account by the day"

    form = models.CharField(max_length=8, choices=Form)
    livemode = models.BooleanField()
    first_day = models.DateField()
    last_day = models.DateField()
    zone = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    totals = models.JSONField(default=dict)
    name = models.CharField(max_length=96)
    sha256 = models.CharField("SHA-256", max_length=64)
    size_bytes = models.BigIntegerField()
    stored_as = models.CharField(max_length=64, default=random_name, editable=False)
    made_by = models.CharField(max_length=128)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="journal_has_days"
            ),
        ]
        indexes = [models.Index(fields=["acquirer", "-id"], name="journal_feed")]
