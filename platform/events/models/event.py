"""The outbox: one row per public fact, appended and never edited."""

from typing import ClassVar

from django.db import models

from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


class Event(TenantModel):
    """``payment.succeeded`` and the like, with the object as it was at that moment.

    ``merchant_id`` is no foreign key: this package lies below the merchants.
    """

    PREFIX = "evt"
    IS_APPEND_ONLY: ClassVar[bool] = True

    # No index of its own: the console's feed begins with it.
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    merchant_id = models.UUIDField()
    livemode = models.BooleanField()
    type = models.CharField(max_length=48)
    object_id = models.UUIDField()
    payload = models.JSONField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["merchant_id", "livemode", "-id"], name="event_feed"),
            models.Index(fields=["object_id"], name="event_by_object"),
            # The console's lists: all, and the kinds that are rare.
            models.Index(fields=["acquirer", "-id"], name="event_of_acquirer"),
            models.Index(
                fields=["acquirer", "type", "-id"],
                condition=~models.Q(type="payment.succeeded"),
                name="event_of_rare_kind",
            ),
        ]
