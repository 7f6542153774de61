"""Proposing a change, and taking the proposal back."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from kernel import clock
from kernel.errors import Conflict, Forbidden
from proposals.kinds import Facts, Kind
from proposals.models import Proposal
from proposals.services.lock import lock_pending
from proposals.state import Status
from tenancy.models import Staff
from tenancy.saving import faulty


def propose(
    kind: Kind,
    *,
    acquirer_id: UUID,
    subject: str,
    subject_label: str,
    payload: dict[str, Any],
    after: Facts,
    staff: Staff | None,
    reason: str,
    key: str = "",
) -> Proposal:
    """Keep the change until another person decides; nothing else happens.

    ``subject`` is a public id; ``after`` is what people are shown of ``payload``, without secrets.
    ``key`` is the id of an acquirer's key that proposes, whose scopes the caller has looked at;
    ``staff`` is then who issued it, if a person did. Raises Forbidden ``role_not_allowed``,
    Rejected without a reason, Conflict ``proposal_pending`` while another proposal of this kind
    about the subject waits, and what the kind's ``read`` does.
    """
    if not key and (staff is None or not staff.has_perm(kind.may_propose)):
        raise Forbidden("role_not_allowed", f"Your role may not propose: {kind.label}.")
    now = clock.now()
    proposal = Proposal(
        acquirer_id=acquirer_id,
        kind=kind.name,
        subject=subject,
        subject_label=subject_label[:128],
        payload=json.dumps(payload),
        before=kind.read(subject, payload),
        after=after,
        reason=check_reason(reason),
        proposed_by=staff,
        proposed_with=key,
        created_at=now,
        expires_at=now + timedelta(days=settings.PROPOSAL_DAYS),
    )
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            "proposal_pending", "Another proposal about this waits: decide or withdraw it first."
        ) from None
    return proposal


def withdraw(proposal_id: UUID, *, staff: Staff) -> Proposal:
    """Take one's own proposal back.

    Raises Forbidden ``not_the_proposer``, Conflict ``proposal_decided``, Proposal.DoesNotExist.
    """
    with transaction.atomic():
        proposal = lock_pending(proposal_id)
        if proposal.proposed_by_id != staff.pk:
            raise Forbidden("not_the_proposer", "Only the person who proposed it withdraws it.")
        proposal.status, proposal.decided_by = Status.WITHDRAWN, staff
        proposal.decided_at = clock.now()
        proposal.save()
    return proposal


def check_may(kind: Kind, staff: Staff) -> None:
    """Raises Forbidden ``role_not_allowed`` for who may neither do such a thing nor propose it."""
    staff.check_perm(kind.may_propose)


def check_reason(reason: str) -> str:
    """``reason``, trimmed; raises Rejected if it says nothing or more than 256 characters."""
    text = reason.strip()
    if not 3 <= len(text) <= 256:
        raise faulty("reason", "Say why, in 3 to 256 characters.")
    return text
