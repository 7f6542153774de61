"""Reads: whether a second person is needed, and what waits for one. They need a scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from kernel import clock
from kernel.money import Money
from proposals.kinds import KINDS, Kind
from proposals.models import Proposal, TwoPeopleRule
from proposals.state import Need, Status, is_needed
from tenancy.models import Staff

WAITING_LIMIT = 100  # of one person, counted and listed


@dataclass(frozen=True, slots=True)
class Rule:
    """When two people are needed for a kind at one acquirer; ``limits`` in minor units."""

    kind: Kind
    need: Need
    limits: Mapping[str, int]
    is_own: bool  # set by the acquirer, not as delivered


def list_rules(acquirer_id: UUID) -> list[Rule]:
    """The rule of every kind, as it is in force for the acquirer."""
    rows = TwoPeopleRule.objects.filter(acquirer_id=acquirer_id)
    own = {row.kind: row for row in rows}
    return [
        Rule(kind, Need(own[name].need), own[name].limits, is_own=True)
        if name in own and not kind.is_fixed
        else Rule(kind, kind.need, kind.limits, is_own=False)
        for name, kind in sorted(KINDS.items())
    ]


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
    """How many proposals wait for this person, at most WAITING_LIMIT."""
    return list_waiting(staff)[:WAITING_LIMIT].count()


def list_pending_about(subject: str) -> list[Proposal]:
    """The pending proposals about the thing with this public id."""
    rows = Proposal.objects.filter(subject=subject, status=Status.PENDING)
    return list(rows.select_related("proposed_by").order_by("-id")[:WAITING_LIMIT])
