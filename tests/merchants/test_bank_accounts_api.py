"""/v1/merchants/{id}/bank_accounts: a key proposes, a person approves, no number is shown."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.errors import Forbidden
from merchants.models import AcquirerKey, BankAccount
from merchants.state import AcquirerScope
from proposals.models import Proposal, TwoPeopleRule
from proposals.selectors import count_waiting
from proposals.services.decide import approve
from proposals.state import Need
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import AcquirerKeyFactory
from tests.factories.tenancy import StaffFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db

NUMBER = "123456789001"
HERS = {
    "currency": "HKD", "holder": "Harbour Tea Limited", "country": "HK",
    "account_number": NUMBER, "bank_code": "004", "reason": "the bank's letter of today",
}  # fmt: skip


@pytest.fixture
def ada(acme: Person) -> Staff:
    return StaffFactory(acquirer=acme.acquirer, role=Role.OWNER)


@pytest.fixture
def key(acme: Person, ada: Staff) -> AcquirerKey:
    return AcquirerKeyFactory(acquirer=acme.acquirer, created_by=ada)


@pytest.fixture
def isv(key: AcquirerKey) -> APIClient:
    return client_with(key.text)


def of(person: Person, what: str = "bank_account_proposals") -> str:
    return f"/v1/merchants/{person.merchant.public_id}/{what}"


def decide(proposal: Any, person: Person, staff: Staff) -> str:
    with tenant_scope(person.acquirer.id):
        return approve(Proposal.public_id_to_uuid(proposal["id"]), staff=staff).proposal.status


def test_what_a_key_proposes_is_set_when_a_person_approves_it(
    isv: APIClient, acme: Person, key: AcquirerKey
) -> None:
    proposed = isv.post(of(acme), HERS, format="json")
    before = isv.get(of(acme, "bank_accounts")).json()["data"]

    assert proposed.status_code == 201
    assert (proposed.json()["status"], proposed.json()["account_number"]) == ("pending", "••••9001")
    assert before == []
    bob = StaffFactory(acquirer=acme.acquirer, role=Role.FINANCE)
    with tenant_scope(acme.acquirer.id):
        assert count_waiting(bob) == 1
    assert decide(proposed.json(), acme, bob) == "approved"
    (row,) = isv.get(of(acme, "bank_accounts")).json()["data"]
    assert (row["account_number"], row["holder"]) == ("••••9001", "Harbour Tea Limited")
    (shown,) = isv.get(of(acme)).json()["data"]
    assert (shown["status"], shown["bank_account"]) == ("approved", row["id"])
    with tenant_scope(acme.acquirer.id):
        kept = BankAccount.objects.get()
    assert (kept.account_number, kept.set_by) == (NUMBER, key.public_id)


def test_who_issued_the_key_does_not_approve_what_it_proposed(
    isv: APIClient, acme: Person, ada: Staff
) -> None:
    proposed = isv.post(of(acme), HERS, format="json").json()

    with pytest.raises(Forbidden) as refused:
        decide(proposed, acme, ada)

    assert refused.value.code == "second_person_needed"
    assert isv.get(of(acme, "bank_accounts")).json()["data"] == []


def test_a_key_that_no_person_issued_proposes_as_well(acme: Person, ada: Staff) -> None:
    client = client_with(AcquirerKeyFactory(acquirer=acme.acquirer).text)
    proposed = client.post(of(acme), HERS, format="json").json()

    with tenant_scope(acme.acquirer.id):
        assert Proposal.objects.get().proposer.startswith("ack_")
    assert decide(proposed, acme, ada) == "approved"


def test_a_key_only_proposes_even_where_one_person_is_enough(isv: APIClient, acme: Person) -> None:
    with platform_scope():
        TwoPeopleRule.objects.create(acquirer=acme.acquirer, kind="bank_account", need=Need.NEVER)

    assert isv.post(of(acme), HERS, format="json").json()["status"] == "pending"
    assert isv.get(of(acme, "bank_accounts")).json()["data"] == []


def test_proposing_needs_a_scope_of_its_own(acme: Person) -> None:
    others = [each.value for each in AcquirerScope if each != AcquirerScope.BANK_ACCOUNTS_PROPOSE]
    lacking = client_with(AcquirerKeyFactory(acquirer=acme.acquirer, scopes=others).text)

    answer = lacking.post(of(acme), HERS, format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    with platform_scope():
        assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"account_number": "12"}, "account_number"),
        ({"currency": "XXX"}, "currency"),
        ({"country": "ZZ"}, "country"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_fault_is_named_and_nothing_is_proposed(
    isv: APIClient, acme: Person, wrong: dict[str, str], field: str
) -> None:
    answer = isv.post(of(acme), HERS | wrong, format="json")

    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert NUMBER not in answer.content.decode()
    with platform_scope():
        assert not Proposal.objects.exists()


def test_a_second_proposal_waits_for_the_first(isv: APIClient, acme: Person) -> None:
    isv.post(of(acme), HERS, format="json")

    answer = isv.post(of(acme), HERS, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "proposal_pending")


def test_another_acquirers_accounts_and_proposals_are_not_there(
    isv: APIClient, outsider: Person
) -> None:
    theirs = client_with(AcquirerKeyFactory(acquirer=outsider.acquirer).text)
    assert theirs.post(of(outsider), HERS, format="json").status_code == 201

    answers = [
        isv.get(of(outsider)),
        isv.get(of(outsider, "bank_accounts")),
        isv.post(of(outsider), HERS, format="json"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    with platform_scope():
        assert Proposal.objects.count() == 1
