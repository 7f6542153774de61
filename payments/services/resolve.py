"""Ending a break that the platform cannot mend: a person has seen to it, and says how."""

from typing import Any

from django.db import transaction

from events.outbox import publish
from events.types import EventType
from kernel import clock
from kernel.errors import Conflict
from payments.contradictions import EXPLANATIONS
from payments.models import Break
from payments.presentation import show_break
from payments.services.caller import staff_actor
from payments.state import BreakKind
from payments.two_people import TWO_PEOPLE_ABOVE
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_may, check_reason, propose
from proposals.state import Need
from tenancy.fragments import Fragment, run
from tenancy.models import Staff
from tenancy.scope import tenant_scope

_RESOLVED = """
UPDATE payments_break
   SET status = 'resolved', outcome = 'resolved', resolution = %(resolved_how)s,
       resolved_by = %(resolved_by)s, ended_at = %(resolved_at)s::timestamptz
 WHERE id = %(resolved_id)s::uuid AND status = 'open'
RETURNING id, acquirer_id, merchant_id, livemode, payment_id
"""
_UNFLAGGED = """
UPDATE payments_payment SET has_open_break = false
 WHERE id IN (SELECT payment_id FROM resolved)
RETURNING id
"""


def resolve_by_staff(staff: Staff, difference: Break, *, reason: str) -> Break | Proposal:
    """End the break, or propose it where the payment is above the acquirer's limit.

    ``difference`` is brought up to date, and the merchant told. Raises Forbidden
    ``role_not_allowed``, Rejected for the reason, Conflict ``break_ended`` or
    ``break_still_mending``, and as ``propose`` does.
    """
    check_may(RESOLUTION, staff)
    text = check_reason(reason)
    with tenant_scope(difference.acquirer_id):
        _check_open(difference)
        if needs_second_person(RESOLUTION, difference.acquirer_id, difference.payment.amount):
            return _propose(staff, difference, text)
        _resolve(difference, actor=staff_actor(staff), how=text)
        return difference


def is_resolvable(difference: Break) -> bool:
    """Whether a person may end it: it is open, and the platform has nothing left to try."""
    return (
        difference.status == Break.Status.OPEN
        and (EXPLANATIONS[BreakKind(difference.kind)].needs_person or difference.needs_person)
        and difference.payment.has_ended
    )


def _check_open(difference: Break) -> None:
    if difference.status != Break.Status.OPEN:
        raise Conflict("break_ended", f"The break is {difference.status} already.")
    if not is_resolvable(difference):
        raise Conflict("break_still_mending", "The platform still mends it: it ends by itself.")


def _resolve(difference: Break, *, actor: str, how: str) -> None:
    now = clock.now()
    difference.status, difference.outcome = Break.Status.RESOLVED, "resolved"
    difference.resolved_by, difference.resolution, difference.ended_at = actor, how, now
    resolved = Fragment(
        "resolved",
        _RESOLVED,
        {
            "resolved_how": how,
            "resolved_by": actor,
            "resolved_at": now,
            "resolved_id": difference.id,
        },
    )
    told = publish(
        EventType.BREAK_RESOLVED, payload=show_break(difference), source="resolved", name="told"
    )
    parts = [resolved, Fragment("unflagged", _UNFLAGGED, {}), told]
    if run(parts, tail="SELECT count(*) FROM unflagged") != (1,):
        raise Conflict("break_ended", "The break has ended meanwhile.")


def _propose(staff: Staff, difference: Break, reason: str) -> Proposal:
    return propose(
        RESOLUTION,
        acquirer_id=difference.acquirer_id,
        subject=difference.public_id,
        subject_label=f"{difference.kind} of {difference.payment.amount}",
        payload={"reason": reason},
        after={"status": Break.Status.RESOLVED.value},
        staff=staff,
        reason=reason,
    )


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    difference = _find(subject)
    return {
        "payment": difference.payment.public_id,
        "amount": str(difference.payment.amount),
        "kind": difference.kind,
        "we say": str(difference.ours.get("says", "")),
        "Alipay says": str(difference.theirs.get("says", "")),
        "status": difference.status,
    }


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    difference = _find(proposal.subject)
    _check_open(difference)
    actor = staff_actor(proposal.person)
    with transaction.atomic():
        _resolve(difference, actor=actor, how=proposal.content["reason"])
    return Applied(difference.public_id)


def _find(subject: str) -> Break:
    return Break.objects.select_related("payment").get(id=Break.public_id_to_uuid(subject))


RESOLUTION = register(
    Kind(
        name="break",
        label="Resolution of a break",
        may_propose="payments.resolve_break",
        may_approve="payments.approve_break",
        read=_read,
        apply=_apply,
        need=Need.ABOVE,
        limits=TWO_PEOPLE_ABOVE,
        has_amount=True,
    )
)
