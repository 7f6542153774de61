"""Live health names the trouble: each rule, at its limits, for one acquirer among two."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from kernel.clock import ManualClock
from merchants.models import Store
from payments.models import Attempt
from portal.health.sentences import name_place, show_value, tell
from portal.measures import BUCKETS, GROUPS, STEPS_MS, FailureGroup
from portal.models import Incident, SlotFigures
from portal.services import tell_operations as tell_module
from portal.services import watch as watch_module
from portal.services.tell_operations import tell_operations
from portal.services.watch import watch_rates, watch_silence
from portal.slots import begin_of
from portal.state import Kind, Level
from tenancy import owed_mail
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.conftest import START
from tests.factories.tenancy import StaffFactory
from tests.fakes import PAID, FakeScheme
from tests.people import Person
from tests.portal.figures import put

pytestmark = pytest.mark.django_db
SLOT = begin_of(START)
WEEK = timedelta(days=7)


def failures(group: FailureGroup, count: int) -> list[int]:
    return [count if each is group else 0 for each in GROUPS]


def answers(ms: int, count: int) -> list[int]:
    """``count`` answers in the bucket that ends at ``ms``."""
    made = [0] * BUCKETS
    made[STEPS_MS.index(ms)] = count
    return made


def incidents(person: Person) -> list[tuple[str, str, bool]]:
    """Kind, level and whether it is open, oldest first, as the person's acquirer sees them."""
    with tenant_scope(person.acquirer.id):
        return [
            (row.kind, row.level, row.ended_at is None) for row in Incident.objects.order_by("id")
        ]


RULES: list[tuple[Kind, Level, dict[str, Any], dict[str, Any]]] = [
    (
        Kind.SCHEME_SILENT,
        Level.ACCOUNT,
        {"tried": 20, "unknown": 6, "succeeded": 20},
        {"tried": 20, "unknown": 5, "succeeded": 20},
    ),
    (
        Kind.SCHEME_SLOW,
        Level.ACCOUNT,
        {"tried": 30, "succeeded": 30, "answers": answers(4500, 30)},
        {"tried": 29, "succeeded": 29, "answers": answers(4500, 29)},
    ),
    (
        Kind.SET_UP_REFUSED,
        Level.ACCOUNT,
        {"tried": 10, "failed": 5, "failures": failures(FailureGroup.SET_UP, 5)},
        {"tried": 2, "failed": 2, "failures": failures(FailureGroup.SET_UP, 2)},
    ),
    (
        Kind.SET_UP_REFUSED,
        Level.MERCHANT,
        {"tried": 3, "failed": 2, "failures": failures(FailureGroup.SET_UP, 2)},
        {"tried": 5, "failed": 2, "failures": failures(FailureGroup.SET_UP, 2)},
    ),
    (
        Kind.FAILING,
        Level.MERCHANT,
        {"tried": 20, "succeeded": 10, "failed": 10},
        {"tried": 20, "succeeded": 11, "failed": 9},
    ),
    (
        Kind.CODE_READS,
        Level.TERMINAL,
        {"tried": 10, "failed": 3, "failures": failures(FailureGroup.CODE_READ, 3)},
        {"tried": 10, "failed": 2, "failures": failures(FailureGroup.CODE_READ, 2)},
    ),
]


@pytest.mark.parametrize(("kind", "level", "bad", "good"), RULES)
def test_a_rule_opens_at_its_limit_and_not_below_it(
    kind: Kind,
    level: Level,
    bad: dict[str, Any],
    good: dict[str, Any],
    acme: Person,
    outsider: Person,
    clock: ManualClock,
) -> None:
    put(acme, SLOT, **bad)
    put(outsider, SLOT, **good)

    assert watch_rates() == 1

    assert incidents(acme) == [(kind, level, True)]
    assert incidents(outsider) == []


def test_an_incident_is_opened_once_and_ends_when_it_has_been_calm(
    acme: Person, clock: ManualClock
) -> None:
    put(acme, SLOT, tried=20, unknown=10, succeeded=20)
    assert [watch_rates(), watch_rates()] == [1, 0]

    clock.advance(15 * 60)
    put(acme, SLOT + timedelta(minutes=15), tried=20, succeeded=20)
    assert watch_rates() == 0
    assert incidents(acme) == [(Kind.SCHEME_SILENT, Level.ACCOUNT, False)]


def test_between_the_two_limits_nothing_opens_and_nothing_ends(
    acme: Person, clock: ManualClock
) -> None:
    put(acme, SLOT, tried=20, unknown=4, succeeded=20)
    assert watch_rates() == 0
    put(acme, SLOT + timedelta(minutes=5), tried=20, unknown=20, succeeded=20)
    clock.advance(300)
    assert watch_rates() == 1

    for number in range(3, 12):
        clock.advance(300)
        put(acme, SLOT + timedelta(minutes=5 * number), tried=20, unknown=4, succeeded=20)
        watch_rates()

    assert incidents(acme) == [(Kind.SCHEME_SILENT, Level.ACCOUNT, True)]


def test_a_moment_of_calm_does_not_end_it_and_the_same_trouble_again_is_the_same_incident(
    acme: Person, clock: ManualClock
) -> None:
    def rate(unknown: int) -> None:
        with platform_scope():
            SlotFigures.objects.all().delete()
        put(acme, begin_of(clock.now()), tried=20, unknown=unknown, succeeded=20)
        watch_rates()

    rate(20)
    clock.advance(299)
    rate(0)
    assert incidents(acme) == [(Kind.SCHEME_SILENT, Level.ACCOUNT, True)]
    clock.advance(1)
    rate(0)
    assert incidents(acme) == [(Kind.SCHEME_SILENT, Level.ACCOUNT, False)]
    clock.advance(15 * 60)
    rate(20)
    assert incidents(acme) == [(Kind.SCHEME_SILENT, Level.ACCOUNT, True)]
    clock.advance(300)
    rate(0)
    clock.advance(15 * 60 + 1)
    rate(20)
    assert [is_open for _, _, is_open in incidents(acme)] == [False, True]


def test_without_payments_to_tell_it_ends_after_half_an_hour(
    acme: Person, clock: ManualClock
) -> None:
    put(acme, SLOT, tried=20, unknown=20, succeeded=20)
    watch_rates()

    clock.advance(30 * 60 - 1)
    watch_rates()
    assert incidents(acme)[0][2]
    clock.advance(1)
    watch_rates()
    assert not incidents(acme)[0][2]


def test_alipays_trouble_is_not_told_again_of_each_merchant(
    acme: Person, rival: Person, clock: ManualClock
) -> None:
    for person in (acme, rival):
        put(person, SLOT, tried=30, unknown=20, canceled=30,
            failures=failures(FailureGroup.SCHEME, 30))  # fmt: skip

    assert watch_rates() == 1
    assert incidents(acme) == [(Kind.SCHEME_SILENT, Level.ACCOUNT, True)]


def test_one_bad_store_is_named_among_good_ones(acme: Person, clock: ManualClock) -> None:
    with platform_scope():
        other = Store.objects.create(
            acquirer=acme.acquirer, merchant=acme.merchant, name="Pier", scheme_store_id="S9"
        )
    put(acme, SLOT, tried=80, succeeded=80)
    put(acme, SLOT, tried=20, failed=20, store=other, terminal=None)

    watch_rates()

    with tenant_scope(acme.acquirer.id):
        row = Incident.objects.select_related("merchant", "store").get()
    assert (row.kind, row.level, row.store_id) == (Kind.FAILING, Level.STORE, other.id)
    assert tell(row) == "Most payments of Harbour Tea, Pier come to nothing"
    assert show_value(row) == "100% of 20 payments"


def test_what_the_till_stopped_and_what_the_scanner_misread_is_no_failing_merchant(
    acme: Person, clock: ManualClock
) -> None:
    counts = failures(FailureGroup.MERCHANT, 20)
    put(acme, SLOT, tried=40, succeeded=20, canceled=20, failures=counts, terminal=None)

    assert watch_rates() == 0


def test_only_the_rules_own_window_counts(acme: Person, clock: ManualClock) -> None:
    put(acme, SLOT - timedelta(minutes=15), tried=20, unknown=20, succeeded=20)

    assert watch_rates() == 0
    put(acme, SLOT - timedelta(minutes=10), tried=20, unknown=20, succeeded=20)
    assert watch_rates() == 1


@pytest.mark.parametrize(("error", "opened"), [("read timed out", 1), (None, 0)])
def test_an_address_of_alipays_that_fails_is_named(
    error: str | None, opened: int, pay: Any, scheme: FakeScheme, acme: Person
) -> None:
    scheme.will("pay", PAID)
    for number in range(10):
        pay(merchant_reference=f"R{number}")
    with platform_scope():
        half = list(Attempt.objects.order_by("id").values_list("id", flat=True)[:5])
        status = None if error else 200
        Attempt.objects.filter(id__in=half).update(error=error, http_status=status)

    assert watch_rates() == opened

    with tenant_scope(acme.acquirer.id):
        rows = list(Incident.objects.select_related("partner_account", "merchant", "store"))
    assert [(row.kind, name_place(row)) for row in rows] == [
        (Kind.ADDRESS_DOWN, "http://scheme")
    ] * opened


def sold(person: Person, counts: list[int], **values: Any) -> None:
    """In the last half hour of this week, of the week before, and so on."""
    for week, count in enumerate(counts):
        if count:
            put(person, SLOT - timedelta(minutes=20) - week * WEEK, tried=count,
                succeeded=count, **values)  # fmt: skip


def test_silence_at_an_hour_of_sales_is_named_and_ends_with_the_next_sales(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    sold(acme, [0, 30, 28, 25, 40])
    sold(outsider, [20, 30, 28, 25, 40])

    assert watch_silence() == 1
    assert incidents(acme) == [(Kind.SILENT, Level.MERCHANT, True)]
    assert incidents(outsider) == []

    clock.advance(600)
    put(acme, SLOT, tried=25, succeeded=25)
    watch_silence()
    assert incidents(acme) == [(Kind.SILENT, Level.MERCHANT, False)]


def test_one_silent_store_is_named_where_the_others_sell(acme: Person, clock: ManualClock) -> None:
    with platform_scope():
        other = Store.objects.create(
            acquirer=acme.acquirer, merchant=acme.merchant, name="Pier", scheme_store_id="S9"
        )
    sold(acme, [50, 50, 50, 50, 50])
    sold(acme, [0, 30, 28, 25, 40], store=other, terminal=None)

    assert watch_silence() == 1
    with tenant_scope(acme.acquirer.id):
        assert Incident.objects.get().store_id == other.id


def test_a_closed_store_is_expected_to_be_silent(acme: Person, clock: ManualClock) -> None:
    sold(acme, [0, 30, 28, 25, 40])
    with platform_scope():
        Store.objects.update(status="closed")

    assert watch_silence() == 0


def test_rates_and_silence_do_not_end_each_others_incidents(
    acme: Person, clock: ManualClock
) -> None:
    sold(acme, [0, 30, 28, 25, 40])
    watch_silence()
    for _ in range(10):
        clock.advance(60)
        watch_rates()

    assert incidents(acme) == [(Kind.SILENT, Level.MERCHANT, True)]


def test_above_the_limit_nothing_is_opened(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(watch_module, "OPEN_LIMIT", 2)
    for person in (acme, rival, outsider):
        put(person, SLOT, tried=20, failed=20)

    assert watch_rates() == 2
    assert watch_rates() == 0


def test_operations_are_told_once_in_one_mail_per_acquirer(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    ours = StaffFactory(acquirer=acme.acquirer, role=Role.OPERATIONS)
    StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT)
    StaffFactory(acquirer=acme.acquirer, role=Role.OWNER, is_active=False)
    theirs = StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER)
    for person in (acme, rival, outsider):
        put(person, SLOT, tried=20, failed=20)
    watch_rates()

    assert [tell_operations(), tell_operations()] == [2, 0]

    sent = {message.to[0]: message for message in mail.outbox}
    assert set(sent) == {ours.email, theirs.email}
    assert sent[ours.email].subject == "[Tillgate] 2 new incidents"
    assert sent[theirs.email].subject == ("[Tillgate] Most payments of Harbour Tea come to nothing")


def test_no_more_mails_an_hour_than_the_limit_and_the_rest_comes_later(
    acme: Person, rival: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell_module, "MAILS_AN_HOUR", 1)
    StaffFactory(acquirer=acme.acquirer)
    put(acme, SLOT, tried=20, failed=20)
    watch_rates()
    assert tell_operations() == 1
    put(rival, SLOT, tried=20, failed=20)
    watch_rates()

    assert tell_operations() == 0
    clock.advance(3599)
    assert tell_operations() == 0
    clock.advance(1 + 120)
    assert tell_operations() == 1
    assert len(mail.outbox) == 2


def test_a_mail_that_could_not_be_sent_is_sent_later(
    acme: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    StaffFactory(acquirer=acme.acquirer)
    put(acme, SLOT, tried=20, failed=20)
    watch_rates()
    with monkeypatch.context() as patch:
        patch.setattr(owed_mail, "send_mail", _refuse)
        assert tell_operations() == 0

    clock.advance(121)
    assert tell_operations() == 1
    assert len(mail.outbox) == 1


def _refuse(*_: Any) -> None:
    raise ConnectionRefusedError
