"""The payout: money on its way from the acquirer's bank account to a merchant's."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from merchants.models import Merchant
from settlement.models.batch import Batch
from settlement.models.payment_file import PaymentFile
from settlement.state import PayoutEvent, PayoutStatus, labels
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel


class Payout(TenantModel):
    """What a batch pays out, to the bank account that the merchant had when it was frozen.

    Its id stands in the payment file (EndToEndId) and comes back in the bank's statement.
    """

    PREFIX = "pyo"
    AUDIT = Audit(secret=frozenset({"account_number"}))

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    batch = models.OneToOneField(Batch, models.PROTECT, related_name="payout")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    pays_on = models.DateField()
    status = models.CharField(
        max_length=12,
        choices=labels(PayoutStatus),
        default=PayoutStatus.CREATED,
    )
    holder = models.CharField(max_length=128)
    country = models.CharField(max_length=2)
    account_number = EncryptedTextField(editable=False)
    account_tail = models.CharField("account number", max_length=4)
    bank_code = models.CharField(max_length=12, blank=True, default="")
    payment_file = models.ForeignKey(PaymentFile, models.PROTECT, null=True, related_name="payouts")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=256, blank=True, default="")  # of the bank, when refused

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_is_positive"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in PayoutStatus]),
                name="payout_status_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["acquirer", "status", "-id"], name="payout_feed"),
            models.Index(
                fields=["acquirer", "livemode", "currency", "pays_on"],
                condition=Q(status=PayoutStatus.CREATED),
                name="payout_due",
            ),
        ]

    @property
    def masked_number(self) -> str:
        """``••••6789``."""
        return f"••••{self.account_tail}"


class PayoutTransition(TenantModel):
    """``from_status --event--> to_status``, by whom: appended and never edited.

    ``told_by`` is the public id of what told us: a payment file, an entry of a bank statement.
    """

    PREFIX = "ptr"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", db_index=False)
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="transitions", db_index=False)
    payment_file = models.ForeignKey(PaymentFile, models.PROTECT, null=True, related_name="+")
    number = models.PositiveSmallIntegerField()  # 1, 2, 3, … of a payout
    from_status = models.CharField(max_length=12, choices=labels(PayoutStatus))
    event = models.CharField(max_length=12, choices=labels(PayoutEvent))
    to_status = models.CharField(max_length=12, choices=labels(PayoutStatus))
    actor = models.CharField(max_length=128)  # staff:ada@…, or "bank"
    told_by = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=256, blank=True, default="")

    class Meta(TenantModel.Meta):
        verbose_name = "step of a payout"
        verbose_name_plural = "steps of payouts"
        constraints = [
            models.UniqueConstraint(
                fields=["payout", "number"], name="a_payout_takes_one_step_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["told_by"], name="transition_told_by")]


class Reserve(TenantModel):
    """A slice held back from one batch, until a day; released into a later batch, whole."""

    PREFIX = "rsv"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    batch = models.OneToOneField(Batch, models.PROTECT, related_name="reserve")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    release_on = models.DateField()
    released_by = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="released_reserves"
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="reserve_is_positive"),
        ]
        indexes = [
            models.Index(
                fields=["acquirer", "release_on"],
                condition=Q(released_by__isnull=True),
                name="reserve_due",
            ),
        ]
