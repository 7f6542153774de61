"""Claiming a due payment: one worker holds it until its lease ends, and its attempt is recorded."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel import clock
from payments import schedule
from payments.models import Payment
from payments.services.steps import STEPS
from tenancy.fragments import Fragment, run_for

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


_CLAIMED = """
SELECT claimed.*, account.updated_at AS account_version
  FROM claimed JOIN merchants_partneraccount account ON account.id = claimed.partner_account_id
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A payment that is ours for a while, and how old its partner account's settings are."""

    payment: Payment
    account_version: datetime


def claim_payment(payment_id: UUID, attempt_id: UUID) -> Claimed | None:
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
    payment = run_for(Payment, [claimed, attempt], tail=_CLAIMED)
    if payment is None:
        return None
    return Claimed(payment, payment.account_version)  # type: ignore[attr-defined]
