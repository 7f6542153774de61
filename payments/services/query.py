"""Asking Alipay about a payment now, at a person's wish, whether it is in doubt or has ended."""

from django.db import connection

from kernel import clock
from payments.models import Payment
from payments.services.caller import caller_for
from payments.services.drive import drive_payment
from tenancy.models import Staff
from tenancy.scope import tenant_scope

# As a notification does: whoever holds the row may lose it, and both then write once.
_MAKE_DUE = "UPDATE payments_payment SET due_at = %(now)s WHERE id = %(payment)s"


def query_now(staff: Staff, payment: Payment) -> None:
    """Ask, wait for the answer, apply it; ``payment`` is brought up to date.

    What the payment's status asks for is done: a cancel that is owed is repeated. Raises
    Forbidden ``role_not_allowed``.
    """
    caller = caller_for(staff, payment, "payments.query_payment")
    with tenant_scope(payment.acquirer_id):
        with connection.cursor() as cursor:
            cursor.execute(_MAKE_DUE, {"now": clock.now(), "payment": payment.id})
        drive_payment(payment.id, acquirer_id=payment.acquirer_id, actor=caller.actor)
        payment.refresh_from_db()
