"""What is to be done with a payment in doubt, whatever the scheme says or does not say."""

from datetime import datetime

from payments import schedule
from payments.models import Payment
from payments.state import Event, Status


def event_without_answer(payment: Payment, now: datetime) -> Event | None:
    """What happens to the payment when a query brings nothing; None: it is asked about again."""
    if payment.status != Status.PROCESSING:
        return None
    if now >= payment.expires_at:
        return Event.DEADLINE_PASSED
    if payment.lacks_code and schedule.is_presenting_over(now, since=payment.created_at):
        return Event.NOT_SHOWN  # whoever asked for the code died, or still waits in vain
    return None
