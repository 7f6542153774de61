"""What the platform can mend by itself (law 5): Alipay is asked, and its answer is followed."""

from datetime import date
from typing import Any, LiteralString

from django.db import connection

from kernel import clock
from merchants.models import PartnerAccount
from settlement.state import Way

ASKED_LIMIT = 1000  # payments of one run; the next run asks about the rest
# Kinds of breaks in which one of the two does not know yet how a payment ended.
ASKED_KINDS = ("status", "missing_at_them")
_ASK: LiteralString = """
WITH asked AS (
    UPDATE settlement_break SET asked_at = %(now)s
     WHERE id IN (SELECT id FROM settlement_break
                   WHERE acquirer_id = %(acquirer)s AND partner_account_id = %(account)s
                     AND way = %(way)s AND business_date = %(day)s AND state = 'open'
                     AND kind = ANY(%(kinds)s) AND asked_at IS NULL AND payment_id IS NOT NULL
                   ORDER BY id LIMIT %(limit)s)
    RETURNING payment_id)
UPDATE payments_payment SET due_at = %(now)s
 WHERE acquirer_id = %(acquirer)s AND id IN (SELECT payment_id FROM asked) AND due_at IS NULL
"""


def ask_scheme(account: PartnerAccount, way: Way, day: date) -> int:
    """Make the payments of a day's open breaks due, each once: the driver queries them, and mends
    what Alipay says otherwise. How many."""
    if way is not Way.TRANSACTIONS:
        return 0
    told: dict[str, Any] = {
        "now": clock.now(),
        "acquirer": account.acquirer_id,
        "account": account.id,
        "way": way.value,
        "day": day,
        "kinds": list(ASKED_KINDS),
        "limit": ASKED_LIMIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASK, told)
        asked: int = cursor.rowcount
    return asked
