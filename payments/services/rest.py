"""While every gateway address is left alone, a due row waits for the next trial of one of them.

A round that surely asks nobody would cost a claim, an attempt and a postponement all the same.
"""

import random
from datetime import datetime
from uuid import UUID

from django.db import connection

from kernel import clock
from merchants import gateways
from payments import schedule
from payments.models import Payment, Refund
from payments.services.unasked import event_without_answer
from payments.state import Status

# A claim that is still held is left as it is: its holder is on the way with an answer.
_POSTPONE = """
UPDATE {table} SET due_at = %s WHERE id = %s AND due_at <= %s
"""


def rest_payment(payment_id: UUID, acquirer_id: UUID) -> datetime | None:
    """Until when the payment rests; None if something can be done for it now."""
    if not gateways.is_one_resting():
        return None
    now = clock.now()
    payment = Payment.objects.get(id=payment_id)
    if event_without_answer(payment, now) is not None:
        return None
    due_at = _next_trial(payment.partner_account_id, acquirer_id, now)
    if due_at is not None and payment.status == Status.PROCESSING:
        due_at = min(due_at, payment.expires_at)
    return due_at and _postpone("payments_payment", payment_id, due_at, now)


def rest_refund(refund_id: UUID, acquirer_id: UUID) -> datetime | None:
    """Until when the refund rests; None if something can be done for it now."""
    if not gateways.is_one_resting():
        return None
    now = clock.now()
    refund = Refund.objects.select_related("payment").get(id=refund_id)
    due_at = _next_trial(refund.payment.partner_account_id, acquirer_id, now)
    return due_at and _postpone("payments_refund", refund_id, due_at, now)


def _next_trial(account_id: UUID, acquirer_id: UUID, now: datetime) -> datetime | None:
    gateway = gateways.get_gateway(account_id, acquirer_id=acquirer_id, version=None)
    until = gateway.connector.rests_until()
    if until is None:
        return None
    return schedule.after_rest(now, until=until, chance=random.random())  # noqa: S311


def _postpone(table: str, row_id: UUID, due_at: datetime, now: datetime) -> datetime:
    """``due_at``, also where the row was not due: then another has it."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTPONE.format(table=table), [due_at, row_id, now + schedule.SLACK])
    return due_at
