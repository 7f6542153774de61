"""Where a merchant is paid to: proposed by one, approved by another, its number never shown."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kernel.errors import Conflict, Forbidden, Rejected
from merchants.models import BankAccount
from merchants.services.bank_accounts import BankDetails, set_bank_account
from proposals.models import Proposal, TwoPeopleRule
from proposals.services.decide import approve
from proposals.state import Need, Status
from tenancy.models import AuditEntry, Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db

NUMBER = "123456789001"
HERS = BankDetails("HKD", "Harbour Tea Limited", "HK", NUMBER, "004")


def staff_of(person: Person, role: Role = Role.FINANCE) -> Staff:
    return StaffFactory(acquirer=person.acquirer, role=role)


def rows_of(person: Person) -> list[BankAccount]:
    with tenant_scope(person.acquirer.id):
        return list(BankAccount.objects.filter(merchant=person.merchant))


def propose_account(person: Person, details: BankDetails = HERS) -> Proposal:
    made = set_bank_account(
        staff_of(person), person.merchant, details, reason="the bank's letter of today"
    )
    assert isinstance(made, Proposal)
    return made


def approve_as(person: Person, proposal: Proposal, role: Role = Role.FINANCE) -> Proposal:
    with tenant_scope(person.acquirer.id):
        return approve(proposal.id, staff=staff_of(person, role)).proposal


def test_nothing_is_set_until_another_person_has_approved_it(acme: Person) -> None:
    proposal = propose_account(acme)
    assert rows_of(acme) == []
    assert proposal.after["account number"] == "••••9001"

    assert approve_as(acme, proposal).status == Status.APPROVED

    (row,) = rows_of(acme)
    assert (row.account_number, row.account_tail, row.bank_code) == (NUMBER, "9001", "004")
    assert row.set_by == f"staff:{proposal.proposed_by.email}"


def test_where_one_person_is_enough_it_is_set_at_once_and_replaced(acme: Person) -> None:
    with platform_scope():
        TwoPeopleRule.objects.create(acquirer=acme.acquirer, kind="bank_account", need=Need.NEVER)
    finance = staff_of(acme)
    other = replace(HERS, account_number="999888777666")

    for details in (HERS, other):
        set_bank_account(finance, acme.merchant, details, reason="the bank's letter")

    assert [row.account_number for row in rows_of(acme)] == ["999888777666"]


def test_a_proposal_made_before_another_change_is_stale_even_if_both_numbers_end_alike(
    acme: Person,
) -> None:
    with platform_scope():
        BankAccount.objects.create(
            acquirer=acme.acquirer, merchant=acme.merchant, currency="HKD", holder="H",
            country="HK", account_number=NUMBER, account_tail="9001", bank_code="004",
            set_by="staff:x", set_at="2026-11-22T00:00:00Z",
        )  # fmt: skip
    proposal = propose_account(acme, replace(HERS, account_number="999888777666"))
    with platform_scope():
        row = BankAccount.objects.get(merchant=acme.merchant)
        row.account_number, row.set_at = "555556789001", "2026-11-22T09:00:00Z"
        row.save()

    assert approve_as(acme, proposal).status == Status.REFUSED

    assert rows_of(acme)[0].account_number == "555556789001"


def test_a_second_proposal_waits_for_the_first(acme: Person) -> None:
    propose_account(acme)
    with pytest.raises(Conflict) as refused:
        propose_account(acme)
    assert refused.value.code == "proposal_pending"


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.AUDITOR])
def test_who_may_only_read_sets_nothing(acme: Person, role: Role) -> None:
    with pytest.raises(Forbidden) as refused:
        set_bank_account(staff_of(acme, role), acme.merchant, HERS, reason="let me")
    assert refused.value.code == "role_not_allowed"
    assert rows_of(acme) == []


def test_operations_propose_and_do_not_approve(acme: Person) -> None:
    proposal = propose_account(acme)
    with pytest.raises(Forbidden):
        approve_as(acme, proposal, Role.OPERATIONS)
    assert rows_of(acme) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "XXX"}, "currency"),
        ({"holder": " "}, "holder"),
        ({"country": "hk"}, "country"),
        ({"account_number": "12"}, "account_number"),
        ({"bank_code": "0"}, "bank_code"),
    ],
)
def test_a_fault_is_named_and_nothing_is_proposed(
    acme: Person, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        propose_account(acme, replace(HERS, **changes))
    assert [fault.field for fault in refused.value.errors] == [field]
    with platform_scope():
        assert not Proposal.objects.exists()


def test_the_number_is_encrypted_and_not_in_the_trail(acme: Person) -> None:
    approve_as(acme, propose_account(acme))

    with platform_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM merchants_bankaccount")
        assert NUMBER not in cursor.fetchone()[0]
        trail = AuditEntry.objects.filter(acquirer=acme.acquirer).values()
        assert NUMBER not in str(list(trail))


def test_another_acquirer_sees_no_account(acme: Person, outsider: Person) -> None:
    approve_as(acme, propose_account(acme))

    with tenant_scope(outsider.acquirer.id):
        assert not BankAccount.objects.exists()


def test_the_merchants_page_proposes_and_shows_the_end_only(acme: Person) -> None:
    client = Client()
    assert client.login(username=staff_of(acme).email, password=PASSWORD)
    page = reverse("admin:merchants_merchant_act", args=[acme.merchant.pk, "bank_account"])
    said = {"currency": "hkd", "holder": "Tea", "country": "hk", "account_number": "123456-789001"}

    wrong = client.post(page, {**said, "bank_code": "4", "reason": "letter"})
    assert wrong.status_code == 400
    assert "clearing code" in wrong.content.decode()
    assert client.post(page, {**said, "bank_code": "004", "reason": "letter"}).status_code == 302
    with platform_scope():
        proposal = Proposal.objects.get()
    approve_as(acme, proposal)

    change = reverse("admin:merchants_merchant_change", args=[acme.merchant.pk])
    shown = client.get(change).content.decode()
    assert "••••9001" in shown
    assert NUMBER not in shown
