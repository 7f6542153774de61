"""An answer that ends nothing: keep its evidence and say when the row is due again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from connectors.base import Outcome
from payments.services.attempts import answer_attempt
from tenancy.fragments import Fragment, run

# Only the holder of the claim moves the due time: whoever else acts by now knows better.
_POSTPONE = {
    "payment": """
        UPDATE payments_payment
           SET due_at = %(wait_due_at)s::timestamptz, claim = NULL,
               scheme_code = CASE WHEN completed_at IS NULL
                                  THEN COALESCE(%(wait_code)s::text, scheme_code)
                                  ELSE scheme_code END
         WHERE id = %(wait_id)s::uuid AND claim = %(wait_claim)s::uuid AND due_at IS NOT NULL
        RETURNING id""",
    "refund": """
        UPDATE payments_refund
           SET due_at = %(wait_due_at)s::timestamptz, claim = NULL,
               is_recorded = is_recorded OR %(wait_recorded)s::boolean,
               scheme_code = COALESCE(%(wait_code)s::text, scheme_code)
         WHERE id = %(wait_id)s::uuid AND claim = %(wait_claim)s::uuid AND due_at IS NOT NULL
        RETURNING id""",
}


def note_doubt(
    row_id: UUID,
    *,
    of: str = "payment",
    attempt_id: UUID,
    outcome: Outcome,
    due_at: datetime | None,
    now: datetime,
    is_recorded: bool = False,
) -> bool:
    """Due again at ``due_at``; False if another actor has taken the row over meanwhile."""
    params: dict[str, Any] = {
        "due_at": due_at,
        "code": outcome.code,
        "id": row_id,
        "claim": attempt_id,
    }
    if of == "refund":
        params["recorded"] = is_recorded
    postponed = Fragment(
        "postponed",
        _POSTPONE[of],
        {f"wait_{name}": value for name, value in params.items()},
    )
    row = run(
        [postponed, answer_attempt(attempt_id, outcome, now)], tail="SELECT count(*) FROM postponed"
    )
    return row is not None and row[0] == 1
