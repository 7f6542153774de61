"""Points expire: what is left of a lot goes at the moment that the programme set when it came."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict
from loyalty.member_state import EntryKind
from loyalty.models import Member, PointsEntry
from loyalty.selectors import Lot, list_lots
from loyalty.services.lock import lock_member
from loyalty.services.points import Cause, new_entry


def expire_points(member_id: UUID) -> int:
    """Expire what is due of the member's lots; how many points. A second time takes nothing."""
    now = clock.now()
    with transaction.atomic():
        try:
            member = lock_member(member_id)
        except Conflict:  # forgotten: nobody's points stand as they are
            Member.objects.filter(id=member_id).update(next_expiry_at=None)
            return 0
        lots = [lot for lot in list_lots(member) if lot.entry.expires_at and lot.left > 0]
        over = [lot for lot in lots if _ends(lot) <= now]
        PointsEntry.objects.bulk_create([_expired(member, lot) for lot in over])
        next_at = min((_ends(lot) for lot in lots if _ends(lot) > now), default=None)
        Member.objects.filter(id=member_id).update(next_expiry_at=next_at)
    return sum(lot.left for lot in over)


def _ends(lot: Lot) -> datetime:
    assert lot.entry.expires_at is not None  # noqa: S101 - a lot, no debt
    return lot.entry.expires_at


def _expired(member: Member, lot: Lot) -> PointsEntry:
    return new_entry(member, EntryKind.EXPIRE, -lot.left, Cause("lot", lot.entry.id), lot=lot.entry)
