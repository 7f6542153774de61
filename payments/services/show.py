"""The code that the till shows: kept with the payment, unless it is no longer to be paid."""

from datetime import datetime
from typing import Any
from uuid import UUID

from connectors.base import Outcome
from payments.models import Payment
from payments.services.attempts import answer_attempt
from tenancy.fragments import Fragment, run

# A payment that is being cancelled shows nothing. Only the holder of the claim moves the due time.
_SHOW = """
UPDATE payments_payment
   SET qr_code = %(show_code)s::text,
       due_at = CASE WHEN claim = %(show_claim)s::uuid THEN %(show_due_at)s::timestamptz
                     ELSE due_at END,
       claim = NULLIF(claim, %(show_claim)s::uuid)
 WHERE id = %(show_id)s::uuid AND status = 'processing' AND qr_code IS NULL
RETURNING due_at = %(show_due_at)s::timestamptz AS is_ours
"""


def show_code(
    payment: Payment, *, attempt_id: UUID, outcome: Outcome, due_at: datetime, now: datetime
) -> bool:
    """Keep the code, also in ``payment``; True if the row is due at ``due_at`` by this very call.

    Where the payment was stopped meanwhile only the evidence is kept, and the till gets no code.
    """
    params: dict[str, Any] = {
        "code": outcome.qr_code,
        "claim": attempt_id,
        "due_at": due_at,
        "id": payment.id,
    }
    shown = Fragment("shown", _SHOW, {f"show_{name}": value for name, value in params.items()})
    row = run([shown, answer_attempt(attempt_id, outcome, now)], tail="SELECT is_ours FROM shown")
    if row is None:
        return False
    payment.qr_code = outcome.qr_code
    return bool(row[0])
