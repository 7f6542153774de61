"""Reads: whether a second person is needed, and what waits for one. They need a scope."""

from uuid import UUID

from django.db.models import QuerySet

from kernel import clock
from kernel.money import Money
from proposals.kinds import KINDS, Kind
from proposals.models import Proposal, TwoPeopleRule
from proposals.state import Need, Status, is_needed
from tenancy.models import Staff

BADGE_LIMIT = 100  # a badge says "99+": nobody counts further


def needs_second_person(kind: Kind, acquirer_id: UUID, amount: Money | None = None) -> bool:
    """Whether the acquirer wants a second person for this change of ``amount``."""
    rule = None
    if not kind.is_fixed:
        rule = TwoPeopleRule.objects.filter(acquirer_id=acquirer_id, kind=kind.name).first()
    if rule is None:
        return is_needed(kind.need, kind.limits, amount)
    return is_needed(Need(rule.need), rule.limits, amount)


def list_waiting(staff: Staff) -> QuerySet[Proposal, Proposal]:
    """What this person may decide now: pending, of a kind they approve, proposed by another."""
    kinds = [kind.name for kind in KINDS.values() if staff.has_perm(kind.may_approve)]
    rows = Proposal.objects.filter(status=Status.PENDING, expires_at__gt=clock.now())
    return rows.filter(kind__in=kinds).exclude(proposed_by=staff)


def count_waiting(staff: Staff) -> int:
    """How many proposals wait for this person, at most BADGE_LIMIT."""
    return list_waiting(staff)[:BADGE_LIMIT].count()


def list_pending_about(subject: str) -> list[Proposal]:
    """The pending proposals about the thing with this public id."""
    rows = Proposal.objects.filter(subject=subject, status=Status.PENDING)
    return list(rows.select_related("proposed_by").order_by("-id")[:BADGE_LIMIT])
