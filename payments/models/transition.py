"""The history: each change of a status, appended and never edited."""

from typing import ClassVar

from django.db import models

from merchants.models import Merchant
from payments.models.attempt import Attempt
from payments.models.payment import Payment
from payments.models.refund import Refund
from tenancy.scoped import TenantModel


class Transition(TenantModel):
    """``from_status --event--> to_status``, by whom, and which attempt told us."""

    PREFIX = "trn"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="transitions")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="transitions")
    # The database's own key empties it when the attempt is forgotten (migration 0008).
    attempt = models.ForeignKey(
        Attempt, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    from_status = models.CharField(max_length=16)
    event = models.CharField(max_length=24)
    to_status = models.CharField(max_length=16)
    actor = models.CharField(max_length=64)  # "till", "driver", or the API key: key_01j…

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["payment", "id"], name="transition_by_payment")]
