"""For apply.py alone: the statement that moves a row, its line of history, and what it leaves."""

from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from connectors.base import Outcome, Result, TradeFacts
from kernel import ids
from payments.models import Payment
from payments.services.consequences import Consequences
from payments.state import Event, Status
from tenancy.fragments import Fragment

_FACTS = (
    "scheme_transaction_id",
    "payer_account",
    "payer_wallet",
    "payer_amount_minor",
    "payer_currency",
    "exchange_rate",
)
_MOVE = f"""
UPDATE payments_payment
   SET status = %(moved_to)s, claim = NULL, due_at = %(moved_due_at)s::timestamptz,
       completed_at = %(moved_completed_at)s::timestamptz,
       changed_at = COALESCE(%(moved_changed_at)s::timestamptz, changed_at),
       verify_until = %(moved_verify_until)s::timestamptz,
       failure_code = %(moved_failure_code)s::text,
       scheme_code = CASE WHEN %(moved_to)s = %(moved_from)s THEN scheme_code
                          ELSE %(moved_scheme_code)s::text END,
       discount_minor = COALESCE(%(moved_discount_minor)s::bigint, discount_minor),
       has_open_break = COALESCE(%(moved_has_open_break)s::boolean, has_open_break),
       member_id = COALESCE(member_id, %(moved_member_id)s::uuid),
       member_is_recognized = COALESCE(%(moved_member_is_recognized)s::boolean,
                                       member_is_recognized),
       {", ".join(f"{name} = COALESCE(%(moved_{name})s, {name})" for name in _FACTS)}
 WHERE id = %(moved_id)s::uuid AND status = %(moved_from)s
   AND (%(moved_to)s <> '{Status.TAKING_BACK}' OR refund_reserved_minor = 0)
   AND qr_code IS NOT DISTINCT FROM %(moved_qr_code)s::text
RETURNING id, acquirer_id, merchant_id, livemode
"""  # noqa: S608 - column names of this file
_TRANSITION = """
INSERT INTO payments_transition
       (id, acquirer_id, merchant_id, payment_id, attempt_id, from_status, event, to_status, actor,
        created_at)
SELECT %(step_id)s::uuid, acquirer_id, merchant_id, id, %(step_attempt)s::uuid, %(step_from)s,
       %(step_event)s, %(step_to)s, %(step_actor)s, %(step_at)s::timestamptz
  FROM moved
"""


def moved(
    payment: Payment,
    old: Status,
    new: Status,
    result: Consequences,
    outcome: Outcome | None,
    breaking: list[Fragment],
    member_id: UUID | None = None,
) -> Fragment:
    """``moved``: the row, if its status is still ``old`` and its code the one that we have seen.

    ``member_id`` is who was recognized by the wallet. Returns what events and books hang on.
    """
    # What Alipay says of the trade moves with the status alone, so that the row never says more
    # than its event did; what comes later is evidence, in the attempts.
    told = outcome if old is not new else None
    values: dict[str, Any] = {
        "id": payment.id,
        "from": old.value,
        "to": new.value,
        "qr_code": payment.qr_code,
        "due_at": result.due_at,
        "completed_at": result.completed_at,
        "changed_at": result.changed_at,
        "verify_until": result.verify_until,
        "failure_code": result.failure_code,
        # The newest word that we have seen, as the event tells it: one that another actor noted
        # in doubt meanwhile goes.
        "scheme_code": None if old is new else _refusal_code(told) or payment.scheme_code,
        "has_open_break": result.opens_break is not None if breaking else None,
        "member_id": member_id,
        "member_is_recognized": True if member_id else None,
        **_facts(told),
    }
    return Fragment("moved", _MOVE, {f"moved_{name}": value for name, value in values.items()})


def _refusal_code(outcome: Outcome | None) -> str | None:
    """The scheme's own word for why not; a success is no reason."""
    if outcome is None or outcome.code is None or outcome.result is Result.SUCCEEDED:
        return None
    return outcome.code[:64]


def _facts(outcome: Outcome | None) -> dict[str, Any]:
    """What the scheme said of the trade; amounts only once the customer has paid them."""
    trade = outcome.trade if outcome else TradeFacts()
    is_paid = outcome is not None and outcome.result is Result.SUCCEEDED
    paid = trade.payer_amount if is_paid else None
    discount = trade.merchant_discount if is_paid else None
    return {
        "scheme_transaction_id": trade.scheme_transaction_id,
        "payer_account": trade.payer_account,
        "payer_wallet": trade.wallet,
        "payer_amount_minor": paid.minor if paid else None,
        "payer_currency": paid.currency if paid else None,
        "exchange_rate": trade.exchange_rate if is_paid else None,
        "discount_minor": discount.minor if discount else None,
    }


def transition(
    old: Status, event: Event, new: Status, actor: str, attempt_id: UUID | None, now: datetime
) -> Fragment:
    return Fragment(
        "step",
        _TRANSITION,
        {
            "step_id": ids.new_uuid(),
            "step_attempt": attempt_id,
            "step_from": old.value,
            "step_event": event.value,
            "step_to": new.value,
            "step_actor": actor,
            "step_at": now,
        },
    )


_ALWAYS = ("due_at", "completed_at", "verify_until", "failure_code")
_IF_KNOWN = (
    "scheme_code", "discount_minor", "has_open_break", "changed_at", "member_id",
    "member_is_recognized", *_FACTS,
)  # fmt: skip


def updated(payment: Payment, params: dict[str, Any]) -> Payment:
    """A copy of ``payment`` as the statement leaves the row, without reading it back."""
    after = copy(payment)
    after.status, after.claim = params["moved_to"], None
    for name in _ALWAYS:
        setattr(after, name, params[f"moved_{name}"])
    for name in _IF_KNOWN:
        if (value := params[f"moved_{name}"]) is not None:
            setattr(after, name, value)
    return after


def adopt(payment: Payment, after: Payment) -> None:
    for name in ("status", "claim", *_ALWAYS, *_IF_KNOWN):
        setattr(payment, name, getattr(after, name))
