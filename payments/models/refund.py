"""The refund: part or all of a succeeded payment, given back."""

from django.db import models
from django.db.models import F, Q

from kernel.money import Money
from merchants.models import Merchant
from payments.models.payment import Payment
from payments.state import RefundStatus
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


class Refund(TenantModel):
    """One per ``partner_refund_id``; repeated at Alipay under that id until it answers."""

    PREFIX = "rfd"

    # No index of its own: the console's feed begins with it.
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    livemode = models.BooleanField()

    status = models.CharField(max_length=16, default=RefundStatus.PROCESSING)
    due_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    # Asked for while Alipay refunds in a batch only: the answer then means "recorded".
    is_recorded = models.BooleanField(default=False)
    created_by = models.CharField(max_length=64, default="", db_default="")  # key_01j…
    completed_at = models.DateTimeField(null=True)

    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # Its part of the payment's reduction, and of what the acquirer bears (services/share.py).
    reduction_minor = models.BigIntegerField(default=0, db_default=0)
    reduction_borne_minor = models.BigIntegerField(default=0, db_default=0)
    merchant_refund_reference = models.CharField(max_length=64, null=True)  # noqa: DJ001
    reason = models.CharField(max_length=128, null=True)  # noqa: DJ001

    partner_refund_id = models.CharField(max_length=64)
    scheme_code = models.CharField(max_length=64, null=True)  # noqa: DJ001
    failure_code = models.CharField(max_length=48, null=True)  # noqa: DJ001

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "livemode", "merchant_refund_reference"],
                name="refund_reference_is_unique",
            ),
            models.UniqueConstraint(
                fields=["acquirer", "partner_refund_id"], name="partner_refund_id_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in RefundStatus]),
                name="refund_status_is_known",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(reduction_borne_minor__gte=0)
                & Q(reduction_minor__gte=F("reduction_borne_minor")),
                name="refund_reduction_is_borne",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="refund_due"),
            models.Index(fields=["merchant", "livemode", "-id"], name="refund_feed"),
            models.Index(fields=["acquirer", "-id"], name="refund_of_acquirer"),
        ]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def has_ended(self) -> bool:
        return self.status != RefundStatus.PROCESSING
