"""Writing points: each of these holds the member's lock, and writes one statement."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kernel import clock
from loyalty.member_state import EntryKind
from loyalty.models import Member, PointsEntry
from loyalty.selectors import Lot, list_lots


@dataclass(frozen=True, slots=True)
class Cause:
    """What points come or go for; each kind of entry is written once for it."""

    type: str  # payment, refund, lot, adjustment
    id: UUID
    reason: str = ""
    made_by: str = ""


def add_points(member: Member, kind: EntryKind, points: int, cause: Cause) -> PointsEntry:
    """A new lot; debts are repaid out of it first."""
    lot = new_entry(member, kind, points, cause)
    lot.expires_at = expiry(member, clock.now())
    debts = [debt for debt in list_lots(member) if debt.left < 0]
    PointsEntry.objects.bulk_create([lot, *_repay(member, Lot(lot, points), debts)])
    return lot


def take_points(
    member: Member, kind: EntryKind, points: int, cause: Cause, *, first: UUID | None = None
) -> int:
    """Take up to ``points`` from the lots, ``first`` before all, then what expires soonest.

    How many were taken: fewer where there are no more. What expired already is not there.
    """
    entries = list(_taken(member, kind, points, cause, usable_lots(member, first)))
    PointsEntry.objects.bulk_create(entries)
    return -sum(entry.points for entry in entries)


def owe_points(member: Member, kind: EntryKind, points: int, cause: Cause) -> PointsEntry:
    """A debt: the balance falls below what the lots hold."""
    debt = new_entry(member, kind, -points, cause)
    PointsEntry.objects.bulk_create([debt])
    return debt


def expiry(member: Member, earned_at: datetime) -> datetime:
    """When what is earned then expires, by the terms of the programme."""
    return earned_at + timedelta(days=member.programme.points_live_days)


def usable_lots(member: Member, first: UUID | None = None) -> list[Lot]:
    """What may be taken from now, ``first`` before all, then what expires soonest."""
    now = clock.now()
    lots = [
        lot
        for lot in list_lots(member)
        if lot.left > 0 and lot.entry.expires_at and lot.entry.expires_at > now
    ]
    return sorted(lots, key=lambda lot: lot.entry.id != first)  # stable: the rest by expiry


def _taken(
    member: Member, kind: EntryKind, points: int, cause: Cause, lots: list[Lot]
) -> Iterator[PointsEntry]:
    for lot in lots:
        if points == 0:
            return
        part = min(points, lot.left)
        points -= part
        yield new_entry(member, kind, -part, cause, lot=lot.entry)


def _repay(member: Member, lot: Lot, debts: list[Lot]) -> Iterator[PointsEntry]:
    """Pairs that add up to nothing: out of the lot, into the debt."""
    left = lot.left
    for debt in debts:
        if left == 0:
            return
        part = min(left, -debt.left)
        left -= part
        cause = Cause("lot", debt.entry.id)
        yield new_entry(member, EntryKind.CORRECT, -part, cause, lot=lot.entry)
        yield new_entry(member, EntryKind.CORRECT, part, Cause("lot", lot.entry.id), lot=debt.entry)


def new_entry(
    member: Member, kind: EntryKind, points: int, cause: Cause, *, lot: PointsEntry | None = None
) -> PointsEntry:
    """An entry that is not written yet; above zero and without a lot it needs ``expires_at``."""
    return PointsEntry(
        acquirer_id=member.acquirer_id,
        programme_id=member.programme_id,
        member=member,
        kind=kind,
        points=points,
        lot=lot,
        cause_type=cause.type,
        cause_id=cause.id,
        reason=cause.reason,
        made_by=cause.made_by,
    )
