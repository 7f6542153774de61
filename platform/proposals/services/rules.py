"""An acquirer's own rule of when two people are needed: itself changed by two people."""

from typing import Any
from uuid import UUID

from kernel import ids
from kernel.currencies import UnknownCurrency
from kernel.money import Money
from proposals.kinds import KINDS, Applied, Facts, Kind, register
from proposals.models import Proposal, TwoPeopleRule
from proposals.services.propose import propose
from proposals.state import Need
from tenancy.models import Staff
from tenancy.saving import faulty

LIMITS_LIMIT = 40  # currencies of one rule


def propose_rule(
    kind_name: str,
    *,
    acquirer_id: UUID,
    need: str,
    limits: dict[str, int],
    staff: Staff,
    reason: str,
) -> Proposal:
    """Propose when the acquirer wants two people for this kind; ``limits`` in minor units.

    Raises Rejected for a kind or need that cannot be, and as ``propose`` does.
    """
    kind = KINDS.get(kind_name)
    if kind is None or kind.is_fixed:
        raise faulty("kind", "There is no rule for this.")
    if need not in set(Need) or (need == Need.ABOVE and not kind.has_amount):
        raise faulty("need", "Not for this kind of change.")
    _check_limits(limits)
    return propose(
        RULE_CHANGE,
        acquirer_id=acquirer_id,
        subject=f"rule:{kind_name}",
        subject_label=f"two people for: {kind.label}",
        payload={"acquirer": str(acquirer_id), "need": need, "limits": limits},
        after=_facts(Need(need), limits),
        staff=staff,
        reason=reason,
    )


def _check_limits(limits: dict[str, int]) -> None:
    if len(limits) > LIMITS_LIMIT:
        raise faulty("limits", f"At most {LIMITS_LIMIT} currencies.")
    for currency, minor in limits.items():
        try:
            Money(minor, currency)
        except (UnknownCurrency, TypeError):
            raise faulty("limits", f"{currency} is no currency we know.") from None
        if minor < 0:
            raise faulty("limits", "A limit is not negative.")


def _facts(need: Need, limits: dict[str, int]) -> Facts:
    facts = {"a second person is needed": need.value}
    if need is Need.ABOVE:
        facts |= {f"above, in {code}": str(Money(limits[code], code)) for code in sorted(limits)}
    return facts


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    kind = KINDS[subject.removeprefix("rule:")]
    rows = TwoPeopleRule.objects.filter(acquirer_id=UUID(payload["acquirer"]), kind=kind.name)
    rule = rows.first()
    if rule is None:
        return _facts(kind.need, dict(kind.limits))
    return _facts(Need(rule.need), rule.limits)


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    said = proposal.content
    rule, _ = TwoPeopleRule.objects.update_or_create(
        acquirer_id=proposal.acquirer_id,
        kind=proposal.subject.removeprefix("rule:"),
        defaults={"need": said["need"], "limits": said["limits"]},
    )
    return Applied(ids.encode(TwoPeopleRule.PREFIX, rule.id))


RULE_CHANGE = register(
    Kind(
        name="two_people_rule",
        label="When two people are needed",
        may_propose="proposals.change_twopeoplerule",
        may_approve="proposals.approve_twopeoplerule",
        read=_read,
        apply=_apply,
        is_fixed=True,
    )
)
