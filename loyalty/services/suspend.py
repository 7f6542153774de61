"""Suspending a member, and letting them come back: a suspended one earns and spends nothing."""

from django.db import transaction

from loyalty.member_state import MemberStatus
from loyalty.models import Member
from loyalty.services.lock import lock_member


def suspend_member(member: Member) -> Member:
    """Raises Conflict ``member_forgotten``; a second time changes nothing."""
    return _become(member, MemberStatus.SUSPENDED)


def resume_member(member: Member) -> Member:
    """Raises Conflict ``member_forgotten``; a second time changes nothing."""
    return _become(member, MemberStatus.ACTIVE)


def _become(member: Member, status: MemberStatus) -> Member:
    with transaction.atomic():
        locked = lock_member(member.id)
        if locked.status != status:
            locked.status = status
            locked.save(update_fields=["status"])
    return locked
