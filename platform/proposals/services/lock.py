"""Holding a pending proposal: of two people who decide at once, the second sees the end."""

from uuid import UUID

from kernel import clock
from kernel.errors import Conflict
from proposals.models import Proposal
from proposals.state import Status


def lock_pending(proposal_id: UUID) -> Proposal:
    """The proposal, locked until the transaction ends.

    Raises Proposal.DoesNotExist, Conflict ``proposal_decided`` or ``proposal_expired``.
    """
    proposal = Proposal.objects.select_for_update(of=("self",), no_key=True).get(id=proposal_id)
    if proposal.status == Status.EXPIRED or (
        proposal.is_pending and proposal.expires_at <= clock.now()
    ):
        raise Conflict("proposal_expired", "Nobody decided in time: propose it again.")
    if not proposal.is_pending:
        raise Conflict("proposal_decided", f"The proposal is {proposal.status} already.")
    return proposal
