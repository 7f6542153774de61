"""A change that two people make: who may, exactly once, and only what was looked at."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from kernel.clock import ManualClock
from kernel.errors import Conflict, Forbidden, TillgateError
from merchants.models import Store
from proposals.models import Proposal
from proposals.services.decide import approve, refuse
from proposals.services.expire import expire_old
from proposals.services.propose import withdraw
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import acting, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.proposals.conftest import name_of, propose_name, reread
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def test_a_proposal_changes_nothing_until_another_person_approves_it(
    acme: Person, alice: Staff, bob: Staff
) -> None:
    proposal = propose_name(acme, alice)

    assert name_of(acme) == "Harbour Tea Central"
    with tenant_scope(acme.acquirer.id):
        decision = approve(proposal.id, staff=bob)

    assert name_of(acme) == "Pier 7"
    assert (decision.proposal.status, decision.shown_once) == ("approved", "the secret")
    kept = reread(proposal.id, acme)
    assert (kept.proposed_by, kept.decided_by, kept.result) == (alice, bob, acme.store.public_id)
    assert kept.changes() == [
        {
            "name": "name",
            "before": "Harbour Tea Central",
            "after": "Pier 7",
            "found": "",
            "has_changed": True,
        }
    ]


def test_the_proposer_cannot_decide(acme: Person, alice: Staff) -> None:
    proposal = propose_name(acme, alice)

    with tenant_scope(acme.acquirer.id):
        with pytest.raises(Forbidden, match="second_person_needed"):
            approve(proposal.id, staff=alice)
        with pytest.raises(Forbidden, match="second_person_needed"):
            refuse(proposal.id, staff=alice, reason="changed my mind")

    assert name_of(acme) == "Harbour Tea Central"
    assert reread(proposal.id, acme).status == "pending"


def test_the_database_refuses_the_proposer_by_itself(acme: Person, alice: Staff) -> None:
    proposal = propose_name(acme, alice)

    with (
        tenant_scope(acme.acquirer.id),
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="proposal_is_decided_by_another_person"),
    ):
        cursor.execute(
            "UPDATE proposals_proposal SET status = 'approved', decided_by_id = %s,"
            " decided_at = now() WHERE id = %s",
            [alice.pk, proposal.id],
        )


def test_a_role_that_may_not_approve_is_refused(acme: Person, alice: Staff) -> None:
    proposal = propose_name(acme, alice)
    clerk = StaffFactory(acquirer=acme.acquirer, role=Role.OPERATIONS)

    with tenant_scope(acme.acquirer.id), pytest.raises(Forbidden, match="role_not_allowed"):
        approve(proposal.id, staff=clerk)

    assert name_of(acme) == "Harbour Tea Central"


def test_staff_of_another_acquirer_do_not_find_it(
    acme: Person, outsider: Person, alice: Staff
) -> None:
    proposal = propose_name(acme, alice)
    stranger = StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER)

    with tenant_scope(outsider.acquirer.id), pytest.raises(Proposal.DoesNotExist):
        approve(proposal.id, staff=stranger)

    assert reread(proposal.id, acme).status == "pending"


def test_the_operator_may_be_the_second_person(acme: Person, alice: Staff) -> None:
    proposal = propose_name(acme, alice)
    operator = StaffFactory(acquirer=None, role=Role.OPERATOR)

    with tenant_scope(acme.acquirer.id):
        approve(proposal.id, staff=operator)

    assert name_of(acme) == "Pier 7"


def test_what_has_changed_meanwhile_is_refused_as_stale_with_both_values(
    acme: Person, alice: Staff, bob: Staff
) -> None:
    proposal = propose_name(acme, alice)
    with tenant_scope(acme.acquirer.id):
        Store.objects.filter(id=acme.store.id).update(name="Central 2")

        decided = approve(proposal.id, staff=bob).proposal

    assert (decided.status, decided.is_stale) == ("refused", True)
    shown = reread(proposal.id, acme).changes()[0]
    assert (shown["before"], shown["found"]) == ("Harbour Tea Central", "Central 2")
    assert name_of(acme) == "Central 2"


def test_what_the_service_refuses_is_refused_in_its_words_and_leaves_nothing(
    acme: Person, alice: Staff, bob: Staff
) -> None:
    proposal = propose_name(acme, alice, "forbidden")

    with tenant_scope(acme.acquirer.id):
        decided = approve(proposal.id, staff=bob).proposal

    assert (decided.status, decided.decision_reason) == ("refused", "Nobody calls a store that.")
    assert name_of(acme) == "Harbour Tea Central"


def test_a_decision_is_final(acme: Person, alice: Staff, bob: Staff) -> None:
    proposal = propose_name(acme, alice)
    with tenant_scope(acme.acquirer.id):
        refuse(proposal.id, staff=bob, reason="the sign is the old one")

        for again in (
            lambda: approve(proposal.id, staff=bob),
            lambda: refuse(proposal.id, staff=bob, reason="again"),
            lambda: withdraw(proposal.id, staff=alice),
        ):
            with pytest.raises(Conflict, match="proposal_decided"):
                again()

    assert name_of(acme) == "Harbour Tea Central"


def test_only_the_proposer_withdraws(acme: Person, alice: Staff, bob: Staff) -> None:
    proposal = propose_name(acme, alice)

    with tenant_scope(acme.acquirer.id):
        with pytest.raises(Forbidden, match="not_the_proposer"):
            withdraw(proposal.id, staff=bob)
        withdraw(proposal.id, staff=alice)

    assert reread(proposal.id, acme).status == "withdrawn"


def test_one_proposal_about_a_thing_waits_at_a_time(
    acme: Person, rival: Person, alice: Staff
) -> None:
    propose_name(acme, alice)

    with pytest.raises(Conflict, match="proposal_pending"):
        propose_name(acme, alice, "Pier 8")
    assert propose_name(rival, alice).is_pending


def test_a_proposal_expires_after_seven_days(
    acme: Person, alice: Staff, bob: Staff, clock: ManualClock
) -> None:
    proposal = propose_name(acme, alice)

    clock.advance(timedelta(days=7).total_seconds() - 1)
    assert expire_old() == 0
    clock.advance(1)
    with tenant_scope(acme.acquirer.id), pytest.raises(Conflict, match="proposal_expired"):
        approve(proposal.id, staff=bob)
    assert expire_old() == 1
    assert reread(proposal.id, acme).status == "expired"
    assert name_of(acme) == "Harbour Tea Central"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 257])
def test_a_reason_is_needed(acme: Person, alice: Staff, reason: str) -> None:
    with pytest.raises(TillgateError, match="reason"):
        propose_name(acme, alice, reason=reason)


def test_secrets_of_the_payload_reach_neither_table_nor_trail_in_the_clear(
    acme: Person, alice: Staff
) -> None:
    with acting(f"staff:{alice.email}"):
        proposal = propose_name(acme, alice, "the-private-key")

    with tenant_scope(acme.acquirer.id), connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM proposals_proposal WHERE id = %s", [proposal.id])
        assert "the-private-key" not in cursor.fetchone()[0]
        cursor.execute(
            "SELECT after ->> 'payload' FROM tenancy_auditentry WHERE row_id = %s",
            [str(proposal.id)],
        )
        assert cursor.fetchone()[0] == "•••"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_wins_and_it_is_applied_once(acme: Person) -> None:
    alice, bob, carol = (StaffFactory(acquirer=acme.acquirer, role=Role.OWNER) for _ in range(3))
    proposal = propose_name(acme, alice)

    def decide(number: int) -> str:
        try:
            with tenant_scope(acme.acquirer.id):
                return str(approve(proposal.id, staff=(bob, carol)[number]).proposal.status)
        except Conflict as refusal:
            return refusal.code

    ends = sorted(at_once(2, decide))

    assert ends == ["approved", "proposal_decided"]
    with tenant_scope(acme.acquirer.id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM tenancy_auditentry WHERE action = 'update' AND row_id = %s",
            [str(acme.store.id)],
        )
        assert cursor.fetchone()[0] == 1
