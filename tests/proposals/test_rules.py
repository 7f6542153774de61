"""When a second person is needed: an acquirer's own rule, itself made by two people."""

from uuid import UUID

import pytest

from kernel.errors import Rejected
from kernel.money import Money
from proposals.kinds import Kind
from proposals.selectors import count_waiting, needs_second_person
from proposals.services.decide import approve
from proposals.services.rules import propose_rule
from proposals.state import Need, is_needed
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.proposals.conftest import RENAME, propose_name

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("need", "amount", "needed"),
    [
        (Need.ALWAYS, None, True),
        (Need.NEVER, Money(10**9, "HKD"), False),
        (Need.ABOVE, Money(10_000, "HKD"), False),
        (Need.ABOVE, Money(10_001, "HKD"), True),
        (Need.ABOVE, Money(1, "JPY"), True),  # no limit is set for it
        (Need.ABOVE, None, True),
    ],
)
def test_above_a_limit_in_the_amounts_own_currency(
    need: Need, amount: Money | None, needed: bool
) -> None:
    assert is_needed(need, {"HKD": 10_000}, amount) is needed


def propose_never(acquirer_id: UUID, staff: Staff) -> UUID:
    return propose_rule(
        "rename", acquirer_id=acquirer_id, need="never", limits={}, staff=staff, reason="small team"
    ).id


def test_a_rule_holds_for_its_acquirer_once_another_person_approved_it(
    acme: Person, outsider: Person, alice: Staff, bob: Staff
) -> None:
    with tenant_scope(acme.acquirer.id):
        proposal_id = propose_never(acme.acquirer.id, alice)
        assert needs_second_person(RENAME, acme.acquirer.id)
        approve(proposal_id, staff=bob)
        assert not needs_second_person(RENAME, acme.acquirer.id)
    with tenant_scope(outsider.acquirer.id):
        assert needs_second_person(RENAME, outsider.acquirer.id)


@pytest.mark.parametrize(
    ("kind", "need", "limits"),
    [
        ("two_people_rule", "never", {}),  # the lock's own key
        ("rename", "above", {}),  # has no amount
        ("rename", "sometimes", {}),
        ("nothing", "never", {}),
        ("rename", "never", {"XXZ": 1}),
        ("rename", "never", {"HKD": -1}),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    acme: Person, alice: Staff, kind: str, need: str, limits: dict[str, int]
) -> None:
    with tenant_scope(acme.acquirer.id), pytest.raises(Rejected):
        propose_rule(
            kind,
            acquirer_id=acme.acquirer.id,
            need=need,
            limits=limits,
            staff=alice,
            reason="because",
        )


def test_the_badge_counts_what_this_person_may_decide(
    acme: Person, outsider: Person, alice: Staff, bob: Staff, rename: Kind
) -> None:
    propose_name(acme, alice)
    propose_name(outsider, StaffFactory(acquirer=outsider.acquirer))
    support = StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT)

    with tenant_scope(acme.acquirer.id):
        assert [count_waiting(staff) for staff in (alice, bob, support)] == [0, 1, 0]
