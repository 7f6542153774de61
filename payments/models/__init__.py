"""The tables of the app."""

from payments.models.attempt import Attempt
from payments.models.breaks import Break
from payments.models.notification import Notification, RefusedNotification
from payments.models.payment import Payment
from payments.models.refund import Refund
from payments.models.transition import Transition

__all__ = [
    "Attempt",
    "Break",
    "Notification",
    "Payment",
    "Refund",
    "RefusedNotification",
    "Transition",
]
