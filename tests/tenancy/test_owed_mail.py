"""E-mails that rows owe: each by one process, none lost, on real transactions."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from kernel import clock as time
from kernel.clock import ManualClock
from merchants.models import ApiKey
from tenancy import owed_mail
from tenancy.owed_mail import OwedMail, addresses_of, send
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = timedelta(minutes=5)
MAIL = OwedMail(model=ApiKey, due="notice_due_at", lease=LEASE)


def owe(*people: Person) -> None:
    for person in people:
        with platform_scope():
            ApiKey.objects.filter(id=person.key.id).update(notice_due_at=time.now())


def is_owed(person: Person) -> bool:
    with platform_scope():
        return ApiKey.objects.get(id=person.key.id).notice_due_at is not None


def claim(_: int = 0, work: OwedMail = MAIL) -> list[tuple[Any, list[Any]]]:
    with platform_scope():
        return [(owed.acquirer_id, owed.row_ids) for owed in work.claim()]


def test_of_many_processes_each_row_is_one_process_s_and_acquirers_are_apart(
    acme: Person, rival: Person, outsider: Person
) -> None:
    owe(acme, rival, outsider)

    claimed = [whose for said in at_once(4, claim) for whose in said]

    found = {(acquirer, key) for acquirer, keys in claimed for key in keys}
    assert sum(len(keys) for _, keys in claimed) == 3
    assert found == {(each.acquirer.id, each.key.id) for each in (acme, rival, outsider)}


def test_what_is_not_struck_off_is_due_again_after_the_lease_the_oldest_first(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    for person in (outsider, acme, rival):
        owe(person)
        clock.advance(1)
    few = OwedMail(model=ApiKey, due="notice_due_at", lease=LEASE, at_once=2)

    first = claim(work=few)
    assert first == [(outsider.acquirer.id, [outsider.key.id]), (acme.acquirer.id, [acme.key.id])]
    assert claim() == [(rival.acquirer.id, [rival.key.id])]
    clock.advance(LEASE.total_seconds() - 1)
    assert claim() == []
    clock.advance(1)
    assert sum(len(keys) for _, keys in claim()) == 3


def test_what_is_sent_is_struck_off_but_not_what_came_to_be_owed_meanwhile(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    owe(acme, rival, outsider)
    with platform_scope():
        [ours] = [each for each in MAIL.claim() if each.acquirer_id == acme.acquirer.id]
        clock.advance(1)
        owe(rival)
        MAIL.strike(ours, noticed_days=3)

    assert [is_owed(each) for each in (acme, rival, outsider)] == [False, True, True]
    with platform_scope():
        assert ApiKey.objects.get(noticed_days=3).id == acme.key.id


def test_what_ended_while_it_was_told_of_says_that_it_was_told(
    acme: Person, rival: Person, outsider: Person
) -> None:
    owe(acme, outsider)
    with platform_scope():
        [ours] = [each for each in MAIL.claim() if each.acquirer_id == acme.acquirer.id]
        ApiKey.objects.filter(id=acme.key.id).update(notice_due_at=None)
        MAIL.strike(ours, noticed_days=3)

    assert [is_owed(each) for each in (acme, outsider)] == [False, True]
    with platform_scope():
        assert ApiKey.objects.get(noticed_days=3).id == acme.key.id


def test_it_goes_to_the_acquirers_own_people_of_these_roles_alone(
    acme: Person, outsider: Person
) -> None:
    ours = [
        StaffFactory(acquirer=acme.acquirer, role=role) for role in (Role.OWNER, Role.OPERATIONS)
    ]
    StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT)
    StaffFactory(acquirer=acme.acquirer, role=Role.OWNER, is_active=False)
    StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER)

    found = addresses_of(acme.acquirer.id, (Role.OWNER, Role.OPERATIONS))

    assert found == [each.email for each in ours]


def test_what_the_server_does_not_take_is_said_and_raises_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[Any] = []

    class Log:
        def warning(self, event: str, **facts: Any) -> None:
            told.append((event, facts))

    def refuse(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(owed_mail, "log", Log())
    assert send(["a@bank.example"], "Said", "text", failed="not_told", rows=2)
    with monkeypatch.context() as away:
        away.setattr(owed_mail, "send_mail", refuse)
        assert not send(["a@bank.example"], "Lost", "text", failed="not_told", rows=2)

    assert [each.subject for each in mail.outbox] == ["Said"]
    assert told == [("not_told", {"error": "ConnectionRefusedError", "rows": 2})]
