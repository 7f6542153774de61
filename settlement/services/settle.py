"""Settling a day: each merchant's batch is frozen, exactly once, with all that follows from it.

The tables are the truth: what was frozen is found there, and settling again does the rest. Dying
anywhere loses at most the piece of merchants that was at hand, whose statement then did nothing.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from events.outbox import publish
from events.types import EventType
from kernel import clock, ids
from kernel.errors import Conflict
from ledger.accounts import AccountName, ensure_accounts
from ledger.models import Account
from settlement.batches.due import Due, list_due
from settlement.batches.statement import FREEZE
from settlement.models import Batch, Day, Filing, Schedule
from settlement.presentation import show_batch
from settlement.selectors import default_schedule, fee_terms_of
from settlement.state import SETTLED
from tenancy.fragments import Fragment, run
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope

log = structlog.get_logger(__name__)

PIECE = 50  # merchants that one statement freezes: so many have files to be written meanwhile
_KINDS = (
    "merchant_payable",
    "merchant_available",
    "fee_income",
    "output_vat",
    "reserve",
    "payout_in_transit",
)
_WORK_MEMORY = "SET LOCAL work_mem = '64MB'"
# Whoever moves what merchants have available takes turns with the freezing of batches.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('settle ' || %s, 0))"
_CAUSE = """
SELECT id, acquirer_id, merchant_id, livemode FROM settlement_batch WHERE id = %(cause_id)s
"""

Progress = Callable[[int, int], None]  # merchants done, merchants in all


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling a day has frozen: nothing, the second time."""

    merchants: int  # whose period ended on that day
    batches: tuple[UUID, ...]


def settle(
    acquirer: Acquirer, day: date, *, livemode: bool, progress: Progress = lambda done, of: None
) -> Settled:
    """Freeze the batches of every merchant whose period ends on ``day``.

    Raises kernel.errors.Conflict (``day_has_not_ended``) before the last of their cut-offs.
    """
    with tenant_scope(acquirer.id):
        due = _list_due(acquirer, day, livemode=livemode)
        last = max((each.ends_at for each in due), default=None)
        if last is not None and last > clock.now():
            raise Conflict("day_has_not_ended", f"{day} ends at {last:%Y-%m-%dT%H:%M:%SZ}.")
        frozen: list[UUID] = []
        for done, piece in _pieces(due):
            frozen += _freeze(acquirer, piece, livemode=livemode)
            progress(done, len(due))
        _note(acquirer, day, livemode=livemode, merchants=len(due))
    log.info("day_settled", acquirer=acquirer.slug, day=str(day), batches=len(frozen))
    return Settled(len(due), tuple(frozen))


def _note(acquirer: Acquirer, day: date, *, livemode: bool, merchants: int) -> None:
    """The day is done; done again, the first note stands."""
    note = Day(
        acquirer=acquirer,
        livemode=livemode,
        business_date=day,
        merchants=merchants,
        batches=Batch.objects.filter(livemode=livemode, business_date=day).count(),
    )
    Day.objects.bulk_create([note], ignore_conflicts=True)


def _list_due(acquirer: Acquirer, day: date, *, livemode: bool) -> list[Due]:
    merchants = (
        Account.objects.filter(
            kind="merchant_payable", livemode=livemode, merchant_id__isnull=False
        )
        .order_by("merchant_id")
        .values_list("merchant_id", flat=True)
        .distinct()
    )
    own = {row.merchant_id: row for row in Schedule.objects.filter(merchant__isnull=False)}
    return list_due(
        [each for each in merchants if each is not None],
        day,
        {each: row for each, row in own.items() if each is not None},
        default_schedule(acquirer),
    )


def _pieces(due: Sequence[Due]) -> Iterator[tuple[int, list[Due]]]:
    """Pieces of the merchants, each with how many are done after it."""
    rest, done = iter(due), 0
    while piece := list(islice(rest, PIECE)):
        done += len(piece)
        yield done, piece


def _freeze(acquirer: Acquirer, due: Sequence[Due], *, livemode: bool) -> list[UUID]:
    acquirer_id = acquirer.id
    pairs = _pairs(due, livemode=livemode)
    accounts = {
        kind: ensure_accounts(
            AccountName(acquirer_id, merchant_id, livemode, kind, currency)
            for merchant_id, currency in pairs
        )
        for kind in _KINDS
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, [str(acquirer_id)])
        cursor.execute(_WORK_MEMORY)
        told = _told(acquirer_id, due, pairs, accounts, livemode=livemode)
        cursor.execute(FREEZE, told | fee_terms_of(acquirer))
        frozen: list[UUID] = [row[0] for row in cursor.fetchall()]
        batches = list(Batch.objects.filter(pk__in=frozen).select_related("payout").order_by("id"))
        for batch in batches:
            _announce(batch)
        Filing.objects.bulk_create(
            Filing(acquirer_id=acquirer_id, merchant_id=batch.merchant_id, batch=batch)
            for batch in batches
        )
    return frozen


def _pairs(due: Sequence[Due], *, livemode: bool) -> list[tuple[UUID, str]]:
    """The merchants with each of their currencies."""
    rows = Account.objects.filter(
        kind="merchant_payable",
        livemode=livemode,
        merchant_id__in=[each.merchant_id for each in due],
    ).order_by("merchant_id", "currency")
    return [(row.merchant_id, row.currency) for row in rows if row.merchant_id is not None]


def _told(
    acquirer_id: UUID,
    due: Sequence[Due],
    pairs: Sequence[tuple[UUID, str]],
    accounts: dict[str, list[UUID]],
    *,
    livemode: bool,
) -> dict[str, Any]:
    """The statement's parameters: a column of the two tables that it begins with, each."""
    return {
        "acquirer": acquirer_id,
        "livemode": livemode,
        "now": clock.now(),
        "seed": ids.new_uuid(),
        "settled": list(SETTLED),
        "merchants": [each.merchant_id for each in due],
        "first_days": [each.first_day for each in due],
        "days": [each.business_date for each in due],
        "ends": [each.ends_at for each in due],
        "zones": [each.zone for each in due],
        "cut_offs": [each.cut_off for each in due],
        "pays_on": [each.pays_on for each in due],
        "calendars": [each.calendar for each in due],
        "minimums": [json.dumps(dict(each.minimums)) for each in due],
        "reserves": [each.reserve_basis_points for each in due],
        "release_on": [each.release_on for each in due],
        "held": [each.is_held for each in due],
        "pair_merchants": [merchant_id for merchant_id, _ in pairs],
        "pair_currencies": [currency for _, currency in pairs],
        "payable": accounts["merchant_payable"],
        "available": accounts["merchant_available"],
        "fee_income": accounts["fee_income"],
        "output_vat": accounts["output_vat"],
        "reserve": accounts["reserve"],
        "in_transit": accounts["payout_in_transit"],
    }


def _announce(batch: Batch) -> None:
    """Tell the merchant, in the transaction that froze the batch."""
    cause = Fragment("cause", _CAUSE, {"cause_id": batch.id})
    told = publish(EventType.SETTLEMENT_READY, payload=show_batch(batch), source="cause")
    run([cause, told], tail="SELECT id FROM event")
