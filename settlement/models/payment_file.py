"""The payment file: payouts that the acquirer's bank is told to pay."""

import secrets

from django.db import models
from django.db.models import Q

from settlement.models.paying_account import PayingAccount
from settlement.state import PaymentFileStatus, labels
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


def random_name() -> str:
    return f"{secrets.token_hex(16)}.file"


class PaymentFile(TenantModel):
    """One pain.001, from one paying account on one day; its bytes are made once.

    ``total_minor`` is minor units of ``currency``; ``stored_as`` names the bytes in the storage
    ``settlements``.
    """

    PREFIX = "pfl"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None)

    paying_account = models.ForeignKey(PayingAccount, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    currency = models.CharField(max_length=3)
    executes_on = models.DateField()
    status = models.CharField(
        max_length=12, choices=labels(PaymentFileStatus), default=PaymentFileStatus.MADE
    )
    payouts_count = models.PositiveIntegerField("payouts")
    total_minor = models.BigIntegerField()
    name = models.CharField(max_length=96)
    sha256 = models.CharField("SHA-256", max_length=64)
    size_bytes = models.BigIntegerField()
    stored_as = models.CharField(max_length=64, default=random_name, editable=False)
    made_by = models.CharField(max_length=128)  # staff:ada@…
    approved_by = models.CharField(max_length=128, blank=True, default="")
    ended_by = models.CharField("sent or withdrawn by", max_length=128, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=256, blank=True, default="")  # of the bank, or withdrawn

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(payouts_count__gt=0) & Q(total_minor__gt=0),
                name="payment_file_pays_something",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in PaymentFileStatus]),
                name="payment_file_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=models.F("made_by")),
                name="payment_file_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by="") | Q(status__in=["made", "withdrawn"]),
                name="payment_file_is_sent_after_approval",
            ),
        ]
        indexes = [models.Index(fields=["acquirer", "-id"], name="payment_file_feed")]
