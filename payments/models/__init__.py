"""The tables of the app."""

from payments.models.attempt import Attempt, Notification
from payments.models.payment import Payment
from payments.models.refund import Refund
from payments.models.transition import Transition

__all__ = ["Attempt", "Notification", "Payment", "Refund", "Transition"]
