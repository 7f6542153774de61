"""Claiming a due payment: one worker holds it until its lease ends, and its attempt is recorded."""

from uuid import UUID

from kernel import clock
from payments import schedule
from payments.models import Payment
from payments.services.steps import STEPS
from tenancy.fragments import Fragment, run

_KIND_OF_STATUS = " ".join(f"WHEN '{status}' THEN '{step.kind}'" for status, step in STEPS.items())
_CLAIM = """
UPDATE payments_payment
   SET claim = %(claimed_by)s::uuid, due_at = %(claimed_until)s::timestamptz
 WHERE id = %(claimed_id)s::uuid AND due_at <= %(claimed_due)s::timestamptz
RETURNING *
"""
_ATTEMPT = f"""
INSERT INTO payments_attempt (id, acquirer_id, merchant_id, payment_id, kind, created_at)
SELECT claim, acquirer_id, merchant_id, id, CASE status {_KIND_OF_STATUS} END,
       %(try_at)s::timestamptz
  FROM claimed
"""  # noqa: S608 - words of this file


def claim_payment(payment_id: UUID, attempt_id: UUID) -> Payment | None:
    """The payment, if it is due and now held under ``attempt_id`` until the lease ends."""
    now = clock.now()
    params = {
        "claimed_by": attempt_id,
        "claimed_until": schedule.lease_ends(now),
        "claimed_id": payment_id,
        "claimed_due": now + schedule.SLACK,
    }
    claimed = Fragment("claimed", _CLAIM, params)
    attempt = Fragment("attempt", _ATTEMPT, {"try_at": now})
    row = run([claimed, attempt], tail="SELECT id FROM claimed")
    return None if row is None else Payment.objects.get(id=payment_id)
