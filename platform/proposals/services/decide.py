"""Deciding: the change is applied in the transaction that records the approval, exactly once."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Forbidden, NotFound, Rejected
from proposals.kinds import KINDS, Applied, Facts, Kind
from proposals.models import Proposal
from proposals.services.lock import lock_pending
from proposals.services.propose import check_reason
from proposals.state import Status
from tenancy.models import Staff


@dataclass(frozen=True, slots=True)
class Decision:
    """The proposal as it is now; ``shown_once`` is a secret that nobody can read again."""

    proposal: Proposal
    shown_once: str = ""


def approve(proposal_id: UUID, *, staff: Staff, reason: str = "") -> Decision:
    """Apply the change, or refuse it as stale where what it was made against has changed.

    The answer's status says which. Raises Proposal.DoesNotExist, Forbidden ``second_person_needed``
    for the proposer and ``role_not_allowed``, Conflict ``proposal_decided``, ``proposal_expired``.
    """
    with transaction.atomic():
        proposal, kind = _lock_for(proposal_id, staff)
        stands = _read(kind, proposal)
        if stands != proposal.before:
            proposal.found = stands
            text = "Stale: what it was proposed against has changed meanwhile."
            return Decision(_end(proposal, Status.REFUSED, staff, text))
        try:
            with transaction.atomic():
                applied = kind.apply(proposal, staff)
        except (Rejected, Conflict, NotFound) as refusal:
            return Decision(_end(proposal, Status.REFUSED, staff, refusal.detail))
        return _approved(proposal, staff, reason, applied)


def refuse(proposal_id: UUID, *, staff: Staff, reason: str) -> Proposal:
    """Say no; nothing else happens. Raises as ``approve``, and Rejected without a reason."""
    text = check_reason(reason)
    with transaction.atomic():
        proposal, _ = _lock_for(proposal_id, staff)
        return _end(proposal, Status.REFUSED, staff, text)


def _lock_for(proposal_id: UUID, staff: Staff) -> tuple[Proposal, Kind]:
    proposal = lock_pending(proposal_id)
    kind = KINDS[proposal.kind]
    if proposal.proposed_by_id == staff.pk:
        raise Forbidden(
            "second_person_needed",
            "You, or a key of yours, proposed it: another person must decide.",
        )
    if not staff.has_perm(kind.may_approve):
        raise Forbidden("role_not_allowed", f"Your role may not decide: {kind.label}.")
    return proposal, kind


def _read(kind: Kind, proposal: Proposal) -> Facts:
    try:
        return kind.read(proposal.subject, proposal.content)
    except (ObjectDoesNotExist, NotFound):
        return {}


def _approved(proposal: Proposal, staff: Staff, reason: str, applied: Applied) -> Decision:
    proposal.result = applied.public_id
    return Decision(_end(proposal, Status.APPROVED, staff, reason.strip()), applied.shown_once)


def _end(proposal: Proposal, status: Status, staff: Staff, reason: str) -> Proposal:
    proposal.status, proposal.decided_by = status, staff
    proposal.decided_at, proposal.decision_reason = clock.now(), reason[:256]
    proposal.save()
    return proposal
