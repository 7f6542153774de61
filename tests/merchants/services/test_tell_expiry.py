"""Keys that end soon are told of twice, each notice once, to their own acquirer alone."""

from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail

from events.models import Event
from kernel.clock import ManualClock
from merchants.models import AcquirerKey, ApiKey
from merchants.presentation import show_api_key
from merchants.services import tell_expiry as module
from merchants.services.api_keys import revoke_api_key, roll_api_key
from tenancy import owed_mail
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.conftest import START
from tests.factories.merchants import AcquirerKeyFactory
from tests.factories.tenancy import StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db
END = START + timedelta(days=30)


@pytest.fixture(autouse=True)
def _owners(acme: Person, outsider: Person, clock: ManualClock) -> None:
    for person, name in ((acme, "acme"), (outsider, "outsider")):
        StaffFactory(role=Role.OWNER, acquirer=person.acquirer, email=f"{name}@bank.example")
        StaffFactory(role=Role.SUPPORT, acquirer=person.acquirer)


def tell_expiry() -> int:
    return module.tell_expiry(show_api_key)


def ends(person: Person) -> ApiKey:
    with platform_scope():
        ApiKey.objects.filter(id=person.key.id).update(expires_at=END, created_at=START)
        return ApiKey.objects.get(id=person.key.id)


def move(clock: ManualClock, to: datetime) -> None:
    clock.advance((to - clock.now()).total_seconds())


def events() -> list[tuple[Any, Any]]:
    with platform_scope():
        rows = Event.objects.filter(type="api_key.expiring").order_by("created_at", "id")
        return [(row.merchant_id, row.object_id) for row in rows]


def test_the_owners_and_the_merchant_are_told_14_and_3_days_before_each_once(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    key = ends(acme)

    told = []
    for days in (14.1, 14, 13, 3.1, 3, 1, 0):
        move(clock, END - timedelta(days=days))
        told.append((tell_expiry(), tell_expiry()))

    assert told == [(0, 0), (1, 0), (0, 0), (0, 0), (1, 0), (0, 0), (0, 0)]
    assert [each.to for each in mail.outbox] == [["acme@bank.example"]] * 2
    assert f"ECR (tg_test_{key.lookup}…), {acme.merchant.legal_name}: ends 2026-12-22" in str(
        mail.outbox[0].body
    )
    assert acme.key_text not in mail.outbox[0].body
    assert events() == [(acme.merchant.id, key.id)] * 2


def test_each_acquirer_is_told_of_its_own_keys_alone(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    ends(acme)
    theirs = ends(outsider)
    with platform_scope():
        own = AcquirerKeyFactory(acquirer=outsider.acquirer, expires_at=END)
        AcquirerKey.objects.filter(id=own.id).update(created_at=START)
    move(clock, END - timedelta(days=14))

    assert tell_expiry() == 2

    texts = {each.to[0]: str(each.body) for each in mail.outbox}
    assert set(texts) == {"acme@bank.example", "outsider@bank.example"}
    assert theirs.lookup not in texts["acme@bank.example"]
    assert own.lookup not in texts["acme@bank.example"]
    assert f"tg_acquirer_{own.lookup}…), your own system" in texts["outsider@bank.example"]
    assert acme.key.lookup not in texts["outsider@bank.example"]
    assert len(events()) == 2  # the acquirer's own key is no merchant's


def test_a_mail_that_fails_is_sent_later_and_its_event_stays_one(
    acme: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends(acme)
    move(clock, END - timedelta(days=14))

    def refuse(*_: Any) -> None:
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as away:
        away.setattr(owed_mail, "send_mail", refuse)
        assert tell_expiry() == 0
    assert tell_expiry() == 0  # under its lease
    move(clock, END - timedelta(days=14) + timedelta(minutes=5))

    assert tell_expiry() == 1
    assert len(mail.outbox) == 1
    assert len(events()) == 1


def test_a_key_that_is_revoked_rolled_or_made_for_a_short_life_is_not_told_of(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    revoked, rolled, short = ends(acme), ends(rival), ends(outsider)
    with platform_scope():
        revoke_api_key(revoked)
        ApiKey.objects.filter(id=short.id).update(created_at=END - timedelta(days=2))
        move(clock, END - timedelta(days=10))
        roll_api_key(rolled, overlap=timedelta(days=9))
    move(clock, END - timedelta(days=2))

    assert tell_expiry() == 0
    assert mail.outbox == []
    assert events() == []
