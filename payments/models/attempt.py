"""The evidence of our own calls: each with its masked request and answer."""

from django.db import models

from merchants.models import Merchant
from payments.models.payment import Payment
from payments.models.refund import Refund
from tenancy.scoped import TenantModel


class Attempt(TenantModel):
    """One call. Written before it is made, so that a call without an answer can be seen."""

    PREFIX = "att"

    class Kind(models.TextChoices):
        PAY = "pay"
        PRESENT = "present"
        QUERY = "query"
        CANCEL = "cancel"
        REFUND = "refund"
        REFUND_QUERY = "refund_query"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="attempts")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="attempts")
    kind = models.CharField(max_length=16, choices=Kind)
    answered_at = models.DateTimeField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    result = models.CharField(max_length=16, null=True)  # noqa: DJ001
    code = models.CharField(max_length=64, null=True)  # noqa: DJ001
    endpoint = models.CharField(max_length=200, null=True)  # noqa: DJ001
    http_status = models.PositiveSmallIntegerField(null=True)
    request = models.JSONField(null=True)
    response = models.TextField(null=True)  # noqa: DJ001
    error = models.TextField(null=True)  # noqa: DJ001

    class Meta(TenantModel.Meta):
        # created_at is when the call was about to be made.
        indexes = [models.Index(fields=["payment", "id"], name="attempt_by_payment")]
