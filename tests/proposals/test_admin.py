"""Proposals in the console: compared, decided, and walled off."""

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import Store
from proposals.models import Proposal
from proposals.services.decide import approve
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.proposals.conftest import name_of, propose_name, reread

pytestmark = pytest.mark.django_db
RULES = "admin:proposals_twopeoplerule_changelist"
RULE = "admin:proposals_twopeoplerule_propose"


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def page_of(proposal: Proposal) -> str:
    return reverse("admin:proposals_proposal_change", args=[proposal.id])


def act_of(proposal: Proposal, act: str) -> str:
    return reverse("admin:proposals_proposal_act", args=[proposal.id, act])


def test_the_page_compares_before_and_after_and_offers_what_this_person_may(
    acme: Person, alice: Staff, bob: Staff
) -> None:
    proposal = propose_name(acme, alice)

    for staff, offered in ((alice, {"withdraw"}), (bob, {"approve", "refuse"})):
        shown = signed_in(staff).get(page_of(proposal)).content.decode()
        assert "Harbour Tea Central" in shown
        assert "Pier 7" in shown
        links = {act for act in ("approve", "refuse", "withdraw") if act_of(proposal, act) in shown}
        assert links == offered


def test_another_person_approves_by_the_page(acme: Person, alice: Staff, bob: Staff) -> None:
    proposal = propose_name(acme, alice)
    client = signed_in(bob)

    assert "Pier 7" in client.get(act_of(proposal, "approve")).content.decode()
    assert name_of(acme) == "Harbour Tea Central"
    answer = client.post(act_of(proposal, "approve"), {"reason": "seen on site"})

    assert "the secret" in answer.content.decode()
    assert name_of(acme) == "Pier 7"
    assert reread(proposal.id, acme).decision_reason == "seen on site"
    assert "the secret" not in client.get(page_of(proposal)).content.decode()


def test_the_proposer_cannot_approve_by_the_page_either(acme: Person, alice: Staff) -> None:
    proposal = propose_name(acme, alice)

    answer = signed_in(alice).post(act_of(proposal, "approve"), {"reason": ""}, follow=True)

    assert "another person must decide" in answer.content.decode()
    assert reread(proposal.id, acme).status == "pending"
    assert name_of(acme) == "Harbour Tea Central"


def test_a_refusal_needs_a_reason(acme: Person, alice: Staff, bob: Staff) -> None:
    proposal = propose_name(acme, alice)
    client = signed_in(bob)

    assert client.post(act_of(proposal, "refuse"), {"reason": ""}).status_code == 400
    assert reread(proposal.id, acme).status == "pending"
    assert client.post(act_of(proposal, "refuse"), {"reason": "old sign"}).status_code == 302
    assert reread(proposal.id, acme).status == "refused"


def test_a_stale_one_is_shown_with_what_was_found(acme: Person, alice: Staff, bob: Staff) -> None:
    proposal = propose_name(acme, alice)
    with tenant_scope(acme.acquirer.id):
        Store.objects.filter(id=acme.store.id).update(name="Central 2")

    answer = signed_in(bob).post(act_of(proposal, "approve"), {"reason": ""}, follow=True)

    text = answer.content.decode()
    assert "Stale" in text
    assert "Central 2" in text
    assert name_of(acme) == "Central 2"


@pytest.mark.parametrize("act", ["approve", "refuse", "withdraw"])
def test_staff_of_another_acquirer_find_nothing(
    acme: Person, outsider: Person, alice: Staff, act: str
) -> None:
    proposal = propose_name(acme, alice)
    client = signed_in(StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER))

    assert client.post(act_of(proposal, act), {"reason": "because"}).status_code == 404
    assert client.get(page_of(proposal)).status_code == 302
    listing = client.get(reverse("admin:proposals_proposal_changelist")).content.decode()
    assert "Harbour Tea Central" not in listing
    assert reread(proposal.id, acme).status == "pending"


def test_support_sees_no_proposals(acme: Person, alice: Staff) -> None:
    proposal = propose_name(acme, alice)
    client = signed_in(StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT))

    assert client.get(page_of(proposal)).status_code == 403
    assert client.post(act_of(proposal, "approve"), {"reason": ""}).status_code == 403


def test_the_operator_decides_for_any_acquirer(acme: Person, alice: Staff) -> None:
    proposal = propose_name(acme, alice)
    operator = signed_in(StaffFactory(acquirer=None, role=Role.OPERATOR))

    operator.post(act_of(proposal, "approve"), {"reason": ""})

    assert name_of(acme) == "Pier 7"


def test_an_owner_proposes_a_rule_and_another_owner_puts_it_in_force(
    acme: Person, alice: Staff, bob: Staff
) -> None:
    client = signed_in(alice)
    assert "Propose a change" in client.get(reverse(RULES)).content.decode()
    address = reverse(RULE, args=["refund"])
    said = {"need": "above", "limits": "HKD 500.00\nJPY 9000", "reason": "we are small"}

    assert client.post(address, said).status_code == 302
    with tenant_scope(acme.acquirer.id):
        proposal = Proposal.objects.get(kind="two_people_rule")
        approve(proposal.id, staff=bob)

    shown = client.get(reverse(RULES)).content.decode()
    assert "HKD 500.00, JPY 9000" in shown


@pytest.mark.parametrize("limits", ["HKD", "HKD 1.005", "XXZ 5", "HKD -1", "nonsense 7"])
def test_a_limit_that_is_no_amount_is_refused(acme: Person, alice: Staff, limits: str) -> None:
    said = {"need": "above", "limits": limits, "reason": "we are small"}

    answer = signed_in(alice).post(reverse(RULE, args=["refund"]), said)

    assert answer.status_code == 400
    with tenant_scope(acme.acquirer.id):
        assert not Proposal.objects.exists()


def test_only_owners_propose_rules(acme: Person) -> None:
    client = signed_in(StaffFactory(acquirer=acme.acquirer, role=Role.FINANCE))

    assert "Propose a change" not in client.get(reverse(RULES)).content.decode()
    assert client.get(reverse(RULE, args=["refund"])).status_code == 403
