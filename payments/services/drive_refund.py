"""Driving a refund to its end: the same request under the same id until Alipay answers (§3.4)."""

from datetime import datetime
from uuid import UUID

from connectors.base import Outcome, Result
from kernel import clock, ids
from merchants.gateways import Gateway, get_gateway
from payments import schedule
from payments.models import Attempt, Refund
from payments.services import wake
from payments.services.apply_refund import apply_refund_event
from payments.services.doubt import note_doubt
from payments.services.give_back import give_back
from payments.services.interpret import find_refund_event
from payments.services.rest import rest_refund
from payments.state import RefundStatus
from tenancy.fragments import Fragment, run
from tenancy.postgres import release_connection
from tenancy.prepared import prepared
from tenancy.scope import tenant_scope

_CLAIM = """
UPDATE payments_refund
   SET claim = %(claimed_by)s::uuid, due_at = %(claimed_until)s::timestamptz
 WHERE id = %(claimed_id)s::uuid AND due_at <= %(claimed_due)s::timestamptz
RETURNING *
"""
_ATTEMPT = """
INSERT INTO payments_attempt
       (id, acquirer_id, merchant_id, payment_id, refund_id, kind, created_at)
SELECT claim, acquirer_id, merchant_id, payment_id, id,
       CASE WHEN is_recorded THEN 'refund_query' ELSE 'refund' END, %(try_at)s::timestamptz
  FROM claimed
"""


@prepared()
def drive_refund(refund_id: UUID, *, acquirer_id: UUID, actor: str = "driver") -> None:
    """Do what is due for the refund; nothing if it is not due or another worker has it."""
    with tenant_scope(acquirer_id):
        if (due_at := rest_refund(refund_id, acquirer_id)) is not None:
            _wake(refund_id, acquirer_id, due_at)
            return
        attempt_id = ids.new_uuid()
        refund = claim_refund(refund_id, attempt_id)
        if refund is None:
            return
        account_id = refund.payment.partner_account_id
        gateway = get_gateway(account_id, acquirer_id=acquirer_id, version=None)
        release_connection()
        kind = Attempt.Kind.REFUND_QUERY if refund.is_recorded else Attempt.Kind.REFUND
        outcome = _ask(refund, gateway)
        event = find_refund_event(kind, outcome)
        if event is not None:
            apply_refund_event(refund, event, actor=actor, attempt_id=attempt_id, outcome=outcome)
        else:
            _wait(refund, gateway, attempt_id, outcome)


def claim_refund(refund_id: UUID, attempt_id: UUID) -> Refund | None:
    """The refund, if it is due and now held under ``attempt_id`` until the lease ends."""
    now = clock.now()
    params = {
        "claimed_by": attempt_id,
        "claimed_until": schedule.lease_ends(now),
        "claimed_id": refund_id,
        "claimed_due": now + schedule.SLACK,
    }
    claimed = Fragment("claimed", _CLAIM, params)
    attempt = Fragment("attempt", _ATTEMPT, {"try_at": now})
    row = run([claimed, attempt], tail="SELECT id FROM claimed")
    if row is None:
        return None
    return Refund.objects.select_related("payment").get(id=refund_id)


def _ask(refund: Refund, gateway: Gateway) -> Outcome:
    partner_trans_id = refund.payment.partner_trans_id
    if refund.is_recorded:
        return gateway.connector.query_refund(
            partner_trans_id=partner_trans_id, partner_refund_id=refund.partner_refund_id
        )
    return give_back(
        gateway,
        partner_trans_id=partner_trans_id,
        partner_refund_id=refund.partner_refund_id,
        amount=refund.amount,
        reason=refund.reason,
        at_once=gateway.refunds_at_once,
    )


def _wait(refund: Refund, gateway: Gateway, attempt_id: UUID, outcome: Outcome) -> None:
    now = clock.now()
    due_at: datetime = schedule.next_repeat(
        now, since=refund.created_at, interval_seconds=gateway.query_interval_seconds
    )
    is_ours = note_doubt(
        refund.id,
        of="refund",
        attempt_id=attempt_id,
        outcome=outcome,
        due_at=due_at,
        now=now,
        is_recorded=not refund.is_recorded and outcome.result is Result.PENDING,
    )
    if is_ours and refund.status == RefundStatus.PROCESSING:
        _wake(refund.id, refund.acquirer_id, due_at)


def _wake(refund_id: UUID, acquirer_id: UUID, due_at: datetime) -> None:
    wake.wake_driver(wake.DRIVE_REFUND, refund_id, acquirer_id=acquirer_id, due_at=due_at)
