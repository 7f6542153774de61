"""Attempts as fragments: the row before the call, its answer after it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from connectors.base import Outcome
from payments.models import Attempt
from tenancy.fragments import Fragment

_OPEN = """
INSERT INTO payments_attempt
       (id, acquirer_id, merchant_id, payment_id, refund_id, kind, created_at)
SELECT %(attempt_id)s::uuid, acquirer_id, merchant_id, {payment}, {refund},
       %(attempt_kind)s, %(attempt_at)s::timestamptz
  FROM {source}
"""
_ANSWER = """
UPDATE payments_attempt
   SET answered_at = %(answer_at)s::timestamptz, duration_ms = %(answer_ms)s::int,
       result = %(answer_result)s, code = %(answer_code)s::text,
       endpoint = %(answer_endpoint)s::text, http_status = %(answer_status)s::smallint,
       request = %(answer_request)s::jsonb, response = %(answer_response)s::text,
       error = %(answer_error)s::text
 WHERE id = %(answer_id)s::uuid
RETURNING id
"""
_COLUMNS = {"payment": ("id", "NULL::uuid"), "refund": ("payment_id", "id")}


def open_attempt(
    attempt_id: UUID, kind: Attempt.Kind, *, now: datetime, source: str, of: str = "payment"
) -> Fragment:
    """The attempt, if ``source`` returned the row of the payment (or ``of="refund"``)."""
    payment, refund = _COLUMNS[of]
    return Fragment(
        name="attempt",
        sql=_OPEN.format(source=source, payment=payment, refund=refund),
        params={"attempt_id": attempt_id, "attempt_kind": kind.value, "attempt_at": now},
    )


def answer_attempt(attempt_id: UUID | None, outcome: Outcome | None, now: datetime) -> Fragment:
    """The answer with its evidence; without an attempt (a person acted) it touches no row."""
    params: dict[str, Any] = dict.fromkeys(
        ("ms", "result", "code", "endpoint", "status", "request", "response", "error")
    )
    if outcome is not None:
        evidence = outcome.evidence
        params = {
            "ms": evidence.duration_ms,
            "result": outcome.result.value,
            "code": outcome.code and outcome.code[:64],
            "endpoint": evidence.endpoint[:200],
            "status": evidence.http_status,
            "request": Jsonb(evidence.request),
            "response": evidence.response,
            "error": evidence.error,
        }
    params |= {"at": now, "id": attempt_id}
    return Fragment(
        name="answer",
        sql=_ANSWER,
        params={f"answer_{name}": value for name, value in params.items()},
    )
