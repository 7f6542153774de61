"""The overview's merchants that wait for a step: whose turn it is sees them, the oldest first."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.clock import ManualClock
from merchants.models import Merchant
from merchants.onboarding import Standing, Step
from merchants.services.move_merchant import move_merchant
from tenancy.models import Acquirer
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.merchants import MerchantFactory
from tests.factories.tenancy import StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db


def lines(whose: Acquirer | None, role: Role = Role.OWNER, **words: str) -> list[Any]:
    client = Client()
    client.force_login(StaffFactory(acquirer=whose, role=role))
    answer = client.get(reverse("admin:index"), words)
    assert answer.status_code == 200
    return [
        (line.title, line.count, [(name, age) for name, _, age in line.oldest])
        for line in answer.context["waiting"]
    ]


def draft(person: Person, name: str, standing: Standing = Standing.DRAFT) -> Merchant:
    return MerchantFactory(acquirer=person.acquirer, display_name=name, status=standing.value)


@pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATIONS])
def test_who_may_act_sees_who_has_waited_longest(
    acme: Person, outsider: Person, clock: ManualClock, role: Role
) -> None:
    draft(acme, "First", Standing.IN_REVIEW)
    for name in ("Ann", "Bea", "Cat", "Dan"):
        draft(acme, name)
        clock.advance(60)
    draft(outsider, "Foreign")
    draft(acme, "Closed", Standing.CLOSED)
    draft(acme, "Approved", Standing.APPROVED)  # waits for Alipay, and for no person

    assert lines(acme.acquirer, role) == [
        ("In review, to be approved", "1", [("First", "4 min")]),
        ("Drafts, to be submitted", "4", [("Ann", "4 min"), ("Bea", "3 min"), ("Cat", "2 min")]),
    ]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.SUPPORT, Role.AUDITOR])
def test_who_may_make_no_step_is_not_asked_for_one(acme: Person, role: Role) -> None:
    draft(acme, "Ann")

    assert lines(acme.acquirer, role) == []


def test_a_returned_merchant_waits_since_its_return(acme: Person, clock: ManualClock) -> None:
    returned = draft(acme, "Old", Standing.SUBMITTED)
    clock.advance(3600)
    draft(acme, "Young")
    clock.advance(60)
    with tenant_scope(acme.acquirer.id):
        move_merchant(returned.id, Step.RETURN, actor="staff:ada", reason="The address is wrong.")
    clock.advance(60)

    assert lines(acme.acquirer) == [
        ("Drafts, to be submitted", "2", [("Young", "2 min"), ("Old", "1 min")])
    ]


def test_the_question_narrows_them_and_the_link_leads_to_the_same(
    acme: Person, outsider: Person
) -> None:
    mine, other, foreign = draft(acme, "Ann"), draft(acme, "Bea"), draft(outsider, "Eve")
    client = Client()
    client.force_login(StaffFactory(acquirer=None, role=Role.OPERATOR))

    def asked(**words: str) -> Any:
        (line,) = client.get(reverse("admin:index"), words).context["waiting"]
        return line

    def listed(line: Any) -> set[Any]:
        return {row.pk for row in client.get(line.link).context["cl"].result_list}

    theirs = asked(acquirer=outsider.acquirer.public_id)
    assert (theirs.count, listed(theirs)) == ("1", {foreign.pk})
    one = asked(merchant=mine.public_id)
    assert (one.count, one.link) == ("1", one.oldest[0][1])
    assert listed(asked()) == {mine.pk, other.pk, foreign.pk}


@pytest.mark.parametrize(("hours", "age"), [(5, "5 h"), (47, "47 h"), (48, "2 d"), (100, "4 d")])
def test_long_waits_are_told_in_days(
    acme: Person, clock: ManualClock, hours: int, age: str
) -> None:
    draft(acme, "Ann")
    clock.advance(timedelta(hours=hours).total_seconds())

    assert lines(acme.acquirer)[0][2] == [("Ann", age)]
