"""What happened, who wants to know, and what came of telling them."""

from events.models.delivery import Delivery, DeliveryTry
from events.models.endpoint import WebhookEndpoint
from events.models.event import Event

__all__ = ["Delivery", "DeliveryTry", "Event", "WebhookEndpoint"]
