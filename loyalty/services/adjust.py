"""Adjusting a member's points by hand: at once, or proposed above what one person may alone."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import ids
from kernel.errors import Conflict
from loyalty.member_state import AdjustReason, EntryKind
from loyalty.models import Member, PointsEntry
from loyalty.services.lock import lock_member
from loyalty.services.points import Cause, add_points, take_points
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.services.propose import check_may, propose
from tenancy.models import Staff
from tenancy.saving import faulty
from tenancy.scope import tenant_scope

ADJUSTMENT = "adjustment"  # the cause of its entries


@dataclass(frozen=True, slots=True)
class Wanted:
    """An adjustment as a person wants it; ``key`` becomes its cause: a second click does nothing.

    ``points`` is signed from the member's view. The reason is a word of a list: it stays in the
    books for ever, where nothing may say who a forgotten member was.
    """

    key: UUID
    points: int
    reason: AdjustReason


def adjust_points(staff: Staff, member: Member, wanted: Wanted) -> int | Proposal:
    """The member's points after it, or the proposal where it needs a second person.

    That is above ``adjusted_alone_points`` of the programme. Raises Forbidden
    ``role_not_allowed``, Rejected naming the faulty field, Conflict ``already_adjusted`` or
    ``member_forgotten``, and as ``propose`` does.
    """
    check_may(POINTS, staff)
    with tenant_scope(member.acquirer_id):
        _check(member, wanted)
        if abs(wanted.points) > member.programme.adjusted_alone_points:
            return _propose(staff, member, wanted)
        return _write(member.id, wanted, made_by=staff.actor)


def _check(member: Member, wanted: Wanted) -> None:
    if wanted.points == 0:
        raise faulty("points", "A number that is not zero.")
    rows = PointsEntry.objects.filter(member=member, cause_type=ADJUSTMENT, cause_id=wanted.key)
    if rows.exists():
        raise Conflict("already_adjusted", "This adjustment was made already.")


def _write(member_id: UUID, wanted: Wanted, *, made_by: str) -> int:
    cause = Cause(ADJUSTMENT, wanted.key, wanted.reason.value, made_by)
    try:
        with transaction.atomic():
            member = lock_member(member_id)
            if wanted.points > 0:
                add_points(member, EntryKind.ADJUST, wanted.points, cause)
            elif take_points(member, EntryKind.ADJUST, -wanted.points, cause) < -wanted.points:
                raise faulty("points", "More than the member has.")
    except IntegrityError:
        raise Conflict("already_adjusted", "This adjustment was made already.") from None
    return Member.objects.values_list("points", flat=True).get(id=member_id)


def _propose(staff: Staff, member: Member, wanted: Wanted) -> Proposal:
    return propose(
        POINTS,
        acquirer_id=member.acquirer_id,
        subject=ids.encode(PointsEntry.PREFIX, wanted.key),
        subject_label=f"{member.public_id}: {wanted.points:+d}",
        payload={"member": member.public_id, "points": wanted.points, "reason": wanted.reason},
        after={"member": member.public_id, "adjustment": f"{wanted.points:+d}"},
        staff=staff,
        reason=wanted.reason.replace("_", " "),
    )


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    member = _find(payload)
    return {"member": member.public_id, "status": member.status}


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    said = proposal.content
    member = _find(said)
    key = PointsEntry.public_id_to_uuid(proposal.subject)
    wanted = Wanted(key, said["points"], AdjustReason(said["reason"]))
    _check(member, wanted)
    _write(member.id, wanted, made_by=proposal.actor)
    return Applied(member.public_id)


def _find(said: dict[str, Any]) -> Member:
    return Member.objects.get(id=Member.public_id_to_uuid(said["member"]))


POINTS = register(
    Kind(
        name="points",
        label="Adjustment of a member's points",
        may_propose="loyalty.adjust_member",
        may_approve="loyalty.approve_member",
        read=_read,
        apply=_apply,
        is_fixed=True,
    )
)
