"""The one writer of a payout's status: each step with its history, its postings and its event.

All of it in the caller's transaction. What a step posts stands in one table below.
"""

# ruff: noqa: S608 - the statement is made of this file's own words
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection

from events.outbox import publish
from events.types import EventType
from kernel import clock, ids
from kernel.errors import Conflict
from kernel.ids import beside
from ledger.accounts import AccountName, ensure_accounts
from settlement.models import PaymentFile, Payout
from settlement.presentation import show_payout
from settlement.services.settle import LOCK
from settlement.state import IllegalStep, PayoutEvent, PayoutStatus, next_status
from tenancy.fragments import Fragment, run

E, S = PayoutEvent, PayoutStatus
AVAILABLE, TRANSIT, BANK = "merchant_available", "payout_in_transit", "bank"

# event -> the accounts that are debited and credited with the payout's amount.
POSTINGS: dict[PayoutEvent, tuple[str, str]] = {
    E.BOOKED: (TRANSIT, BANK),
    E.REJECTED: (TRANSIT, AVAILABLE),
    E.RETURNED: (BANK, AVAILABLE),
}
_ACQUIRERS = {BANK}  # accounts of no merchant
TOLD: dict[PayoutEvent, EventType] = {
    E.SENT: EventType.PAYOUT_SENT,
    E.BOOKED: EventType.PAYOUT_BOOKED,
    E.REJECTED: EventType.PAYOUT_REJECTED,
    E.RETURNED: EventType.PAYOUT_RETURNED,
}
_ENDED = {S.BOOKED, S.REJECTED, S.RETURNED}
_OUT_OF_A_FILE = {S.CREATED}

_NEW_ID: LiteralString = beside("%(seed)s")
_MOVE: LiteralString = f"""
WITH named AS (
    SELECT * FROM unnest(%(payouts)s::uuid[], %(files)s::uuid[], %(debited)s::uuid[],
                         %(credited)s::uuid[])
        AS named (id, file_id, debited_id, credited_id)),
moved AS (
    UPDATE settlement_payout AS payout
       SET status = %(to)s, ended_at = %(ended_at)s, reason = %(reason)s,
           payment_file_id = CASE WHEN NOT %(leaves)s THEN named.file_id END
      FROM named
     WHERE payout.id = named.id AND payout.acquirer_id = %(acquirer)s
    RETURNING payout.id, payout.merchant_id, payout.currency, payout.amount_minor,
              named.file_id, named.debited_id, named.credited_id),
told AS (
    INSERT INTO settlement_payouttransition
           (id, acquirer_id, merchant_id, payout_id, payment_file_id, number,
            from_status, event, to_status, actor, told_by, reason, created_at)
    SELECT {_NEW_ID}, %(acquirer)s, merchant_id, id, file_id,
           1 + (SELECT count(*) FROM settlement_payouttransition AS earlier
                 WHERE earlier.payout_id = moved.id),
           %(from)s, %(event)s, %(to)s, %(actor)s, %(told_by)s, %(reason)s, %(now)s
      FROM moved),
posted AS (
    INSERT INTO ledger_transaction
           (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
    SELECT {_NEW_ID}, %(acquirer)s, CASE WHEN %(is_merchants)s THEN merchant_id END,
           'payout.' || %(event)s, 'payout', id, %(now)s
      FROM moved WHERE debited_id IS NOT NULL
    RETURNING id, cause_id),
entered AS (
    INSERT INTO ledger_entry
           (id, acquirer_id, merchant_id, transaction_id, account_id, amount_minor, currency,
            created_at)
    SELECT {_NEW_ID}, %(acquirer)s, CASE WHEN leg.is_merchants THEN moved.merchant_id END,
           posted.id, leg.account_id, leg.minor, moved.currency, %(now)s
      FROM posted JOIN moved ON moved.id = posted.cause_id
     CROSS JOIN LATERAL (VALUES
        (moved.debited_id, moved.amount_minor, %(debits_merchant)s),
        (moved.credited_id, -moved.amount_minor, %(credits_merchant)s)
     ) AS leg (account_id, minor, is_merchants))
SELECT count(*) FROM moved
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who or what moves payouts: ``told_by`` is a public id, ``reason`` the bank's words."""

    actor: str
    told_by: str = ""
    reason: str = ""


def move_payouts(
    payout_ids: Sequence[UUID],
    event: PayoutEvent,
    cause: Cause,
    *,
    file: PaymentFile | None = None,
) -> list[Payout]:
    """Let ``event`` happen to the payouts, all of them or none; the rows as they are then.

    ``file`` is the one that they go into. Needs a transaction and the acquirer's scope. Raises
    Conflict ``payout_moved``, naming a payout to which the event cannot happen.
    """
    if not payout_ids:
        return []
    if AVAILABLE in POSTINGS.get(event, ()):
        _take_turns(payout_ids[0])
    rows = list(
        Payout.objects.select_for_update(no_key=True)
        .defer("account_number")
        .filter(id__in=payout_ids)
        .order_by("id")
    )
    if len(rows) != len(set(payout_ids)):
        raise Conflict("payout_moved", "One of the payouts is not there.")
    by_status: dict[PayoutStatus, list[Payout]] = {}
    for row in rows:
        by_status.setdefault(PayoutStatus(row.status), []).append(row)
    for status, found in by_status.items():
        _move(found, status, _next(found[0], status, event), event, cause, file)
    return _tell(payout_ids, event)


def _next(row: Payout, status: PayoutStatus, event: PayoutEvent) -> PayoutStatus:
    try:
        return next_status(status, event)
    except IllegalStep as error:
        raise Conflict("payout_moved", f"{row.public_id}: {error}.") from None


def _take_turns(payout_id: UUID) -> None:
    acquirer_id = Payout.objects.values_list("acquirer_id", flat=True).get(id=payout_id)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(acquirer_id)])


def _move(
    rows: Sequence[Payout],
    status: PayoutStatus,
    to: PayoutStatus,
    event: PayoutEvent,
    cause: Cause,
    file: PaymentFile | None,
) -> None:
    debited, credited = POSTINGS.get(event, ("", ""))
    told: dict[str, Any] = {
        "acquirer": rows[0].acquirer_id,
        "payouts": [row.id for row in rows],
        "files": [row.payment_file_id if file is None else file.id for row in rows],
        "leaves": to in _OUT_OF_A_FILE,  # its history says in which file it was
        "debited": _accounts(rows, debited),
        "credited": _accounts(rows, credited),
        "is_merchants": not {debited, credited} & _ACQUIRERS,
        "debits_merchant": debited not in _ACQUIRERS,
        "credits_merchant": credited not in _ACQUIRERS,
        "from": status.value,
        "event": event.value,
        "to": to.value,
        "actor": cause.actor[:128],
        "told_by": cause.told_by,
        "reason": cause.reason[:256],
        "ended_at": clock.now() if to in _ENDED else None,
        "now": clock.now(),
        "seed": ids.new_uuid(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, told)


def _accounts(rows: Sequence[Payout], kind: str) -> list[UUID | None]:
    """The account of each payout; none where nothing is posted."""
    if not kind:
        return [None for _ in rows]
    names = [
        AccountName(
            row.acquirer_id,
            None if kind in _ACQUIRERS else row.merchant_id,
            row.livemode,
            kind,
            row.currency,
        )
        for row in rows
    ]
    ensure_accounts(dict.fromkeys(names))
    return [name.account_id for name in names]


_CAUSE = """
SELECT id, acquirer_id, merchant_id, livemode FROM settlement_payout WHERE id = %(cause_id)s
"""


def _tell(payout_ids: Sequence[UUID], event: PayoutEvent) -> list[Payout]:
    rows = list(Payout.objects.defer("account_number").filter(id__in=payout_ids).order_by("id"))
    if event in TOLD:
        for row in rows:
            cause = Fragment("cause", _CAUSE, {"cause_id": row.id})
            told = publish(TOLD[event], payload=show_payout(row), source="cause")
            run([cause, told], tail="SELECT id FROM event")
    return rows
