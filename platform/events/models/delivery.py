"""One event on its way to one endpoint, and each try of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from events.models.endpoint import WebhookEndpoint
from events.models.event import Event
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


class DeliveryStatus(models.TextChoices):
    """Where a delivery stands; only ``pending`` is still owed."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"  # the endpoint has answered 2xx
    FAILED = "failed"  # every try of the schedule has failed
    UNSENT = "unsent"  # the endpoint was disabled first


class Delivery(TenantModel):
    """``due_at`` is the next try, or while somebody tries, the end of the lease; None: not owed.

    A replay makes it due again: an endpoint knows an event by its id, which stays.
    """

    PREFIX = "dlv"
    Status: ClassVar[type[DeliveryStatus]] = DeliveryStatus

    # No index of its own: the console's feed begins with it.
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    merchant_id = models.UUIDField()
    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries")
    status = models.CharField(max_length=16, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    due_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    tries = models.PositiveIntegerField(default=0, help_text="Since it was last made due.")

    class Meta(TenantModel.Meta):
        verbose_name_plural = "deliveries"
        indexes = [
            # Fair picking: from one endpoint with work to the next, the oldest work first.
            models.Index(
                fields=["endpoint", "due_at"],
                name="delivery_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_list"),
            # The console's lists: all, and those that were given up.
            models.Index(fields=["acquirer", "-id"], name="delivery_of_acquirer"),
            models.Index(
                fields=["acquirer", "status", "-id"],
                condition=Q(status__in=["failed", "unsent"]),
                name="delivery_given_up",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_is_unique"),
        ]


class DeliveryTry(TenantModel):
    """One request and what came of it; ``created_at`` is when it began."""

    PREFIX = "dlt"
    IS_APPEND_ONLY: ClassVar[bool] = True
    MAX_ANSWER = 1024
    MAX_ERROR = 200

    merchant_id = models.UUIDField()
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="history")
    url = models.CharField(max_length=WebhookEndpoint.MAX_URL)
    duration_ms = models.PositiveIntegerField()
    http_status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=MAX_ERROR, blank=True)
    answer = models.CharField(max_length=MAX_ANSWER, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "delivery tries"
        indexes = [models.Index(fields=["delivery", "-id"], name="try_list")]
