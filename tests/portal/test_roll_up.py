"""The figures are the payments': counted as they change, the same as counted from nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from connectors.base import Result
from kernel.clock import ManualClock
from payments.models import Attempt, Payment
from payments.services.create import create_payment
from payments.services.drive import drive_payment
from portal.measures import GROUPS, FailureGroup
from portal.models import HourFigures, SlotFigures
from portal.services import forget as forget_module
from portal.services import roll_up as roll_up_module
from portal.services.forget import forget_slots
from portal.services.roll_up import recount, roll_up
from portal.slots import SLOT, begin_of
from tenancy.scope import platform_scope, tenant_scope
from tests.conftest import START
from tests.fakes import DECLINED, PAID, SILENCE, FakeScheme, said
from tests.payments.conftest import order_of, principal_of
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]
FIRST = begin_of(START)
COUNTS = ("tried", "succeeded", "failed", "canceled", "in_doubt", "unknown")


def rows(model: type[Any] = SlotFigures) -> list[dict[str, Any]]:
    """Every row of every acquirer, without what each insert makes anew."""
    with platform_scope():
        found = [
            {k: v for k, v in row.items() if k not in {"id", "created_at"}}
            for row in model.objects.values()
        ]
    return sorted(found, key=lambda row: [str(value) for value in row.values()])


def counts(row: dict[str, Any]) -> tuple[int, ...]:
    return tuple(row[name] for name in COUNTS)


def forget() -> None:
    with platform_scope():
        SlotFigures.objects.all().delete()
        HourFigures.objects.all().delete()


def test_a_slot_says_what_became_of_its_payments(
    pay: Pay, scheme: FakeScheme, acme: Person
) -> None:
    scheme.will("pay", PAID, DECLINED, SILENCE)
    for number in range(3):
        pay(merchant_reference=f"R{number}")

    assert roll_up() == 1

    (row,) = rows()
    assert (row["since"], row["store_id"], row["terminal_id"]) == (FIRST, acme.store.id, None)
    assert counts(row) == (3, 1, 1, 0, 1, 1)
    assert (row["amount_minor"], row["currency"], row["livemode"]) == (12050, "HKD", False)
    assert dict(zip(GROUPS, row["failures"], strict=True))[FailureGroup.CODE_READ] == 1
    assert sum(row["failures"]) == 1
    assert (row["answers"][0], sum(row["answers"])) == (3, 3)


def test_a_late_end_is_counted_in_the_slot_where_the_payment_began(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", SILENCE)
    payment = pay()
    roll_up()
    clock.advance(3600)
    roll_up()
    assert counts(rows()[0]) == (1, 0, 0, 0, 1, 1)

    scheme.will("query", PAID)
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)

    assert roll_up() == 1
    assert [(row["since"], counts(row)) for row in rows()] == [(FIRST, (1, 1, 0, 0, 0, 1))]


def test_what_was_counted_bit_by_bit_equals_what_is_counted_from_nothing(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, acme: Person, outsider: Person
) -> None:
    doubtful = []
    for number in range(24):
        answer = (PAID, DECLINED, SILENCE, PAID)[number % 4]
        scheme.will("pay", answer)
        place = acme.terminal.id if number % 3 else None
        payment = pay(merchant_reference=f"R{number}", terminal_id=place)
        if answer is SILENCE:
            doubtful.append(payment)
        principal = principal_of(outsider)
        with tenant_scope(principal.acquirer_id, principal.merchant_id):
            create_payment(principal, order_of(outsider, merchant_reference=f"O{number}"))
        clock.advance(97)
        scheme.will("query", PAID, SILENCE)
        if number % 5 == 0 and doubtful:
            drive_payment(doubtful.pop().id, acquirer_id=acme.acquirer.id)
        if number % 2:
            roll_up()
    roll_up()
    kept = rows(), rows(HourFigures)

    forget()
    recount(FIRST, clock.now())

    assert (rows(), rows(HourFigures)) == kept
    assert len(kept[0]) > 8
    assert sum(row["tried"] for row in kept[0]) == sum(row["tried"] for row in kept[1]) == 48


def test_counting_again_changes_no_row(pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("pay", PAID)
    pay()
    roll_up()
    before = rows(), rows(HourFigures)

    recount(FIRST, FIRST + SLOT)
    roll_up()

    assert (rows(), rows(HourFigures)) == before


def test_time_without_payments_is_passed_over_and_a_backlog_is_worked_off_in_steps(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    for number in range(3):
        pay(merchant_reference=f"R{number}")
        clock.advance(2 * 86400)

    found = [roll_up() for _ in range(4)]

    assert found == [1, 1, 1, 0]
    assert sorted(row["since"] - FIRST for row in rows()) == [
        timedelta(days=2 * n) for n in range(3)
    ]


def test_a_run_beside_another_does_nothing(
    pay: Pay, scheme: FakeScheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme.will("pay", PAID)
    pay()
    monkeypatch.setattr(roll_up_module, "is_alone", lambda work: False)

    assert roll_up() == 0
    assert rows() == []


def test_an_answer_is_counted_by_its_time_and_a_call_without_one_is_not(
    pay: Pay, scheme: FakeScheme, acme: Person
) -> None:
    scheme.will("pay", PAID)
    slow, silent = pay(merchant_reference="slow"), pay(merchant_reference="silent")
    with platform_scope():
        Attempt.objects.filter(payment=slow).update(duration_ms=200)
        Attempt.objects.filter(payment=silent).update(duration_ms=9000, http_status=None)

    roll_up()

    assert [n for n, count in enumerate(rows()[0]["answers"]) if count] == [4]  # 140 < 200 <= 200


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("payment_code_invalid", FailureGroup.CODE_READ),
        ("insufficient_balance", FailureGroup.FUNDS),
        ("refund_declined", FailureGroup.OTHER),
    ],
)
def test_a_failure_is_counted_in_its_group(
    pay: Pay, scheme: FakeScheme, code: str, group: FailureGroup
) -> None:
    scheme.will("pay", said(Result.FAILED, "X", failure_code=code))
    pay()

    roll_up()

    assert rows()[0]["failures"] == [int(each is group) for each in GROUPS]


def test_each_acquirer_sees_its_own_figures_and_each_merchant_its_own(
    pay: Pay, scheme: FakeScheme, acme: Person, rival: Person, outsider: Person
) -> None:
    scheme.will("pay", PAID)
    pay()
    roll_up()

    seen = {}
    for name, person in (("acme", acme), ("rival", rival), ("outsider", outsider)):
        with tenant_scope(person.acquirer.id, person.merchant.id):
            seen[name] = SlotFigures.objects.count(), HourFigures.objects.count()

    assert seen == {"acme": (1, 1), "rival": (0, 0), "outsider": (0, 0)}


def test_the_command_counts_the_last_days_anew(
    pay: Pay, scheme: FakeScheme, capsys: pytest.CaptureFixture[str]
) -> None:
    scheme.will("pay", PAID)
    pay()

    call_command("recount_figures", "--days", "1")

    assert counts(rows()[0]) == (1, 1, 0, 0, 0, 0)
    assert "slots_counted: 79" in capsys.readouterr().out
    with pytest.raises(CommandError, match="1 to 400"):
        call_command("recount_figures", "--days", "0")


def test_old_slots_are_forgotten_and_their_hours_stay_right_when_a_payment_of_then_changes(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID, SILENCE)
    pay(merchant_reference="R0")
    clock.advance(600)
    late = pay(merchant_reference="R1")
    roll_up()
    clock.advance(40 * 86400 - 600)
    assert forget_slots() == 1  # the slot of the first, 40 days and some seconds old
    assert [row["since"] for row in rows()] == [FIRST + 2 * SLOT]
    clock.advance(3600)
    assert forget_slots() == 1
    scheme.will("query", PAID)
    drive_payment(late.id, acquirer_id=late.acquirer_id)

    roll_up()

    assert [counts(row) for row in rows(HourFigures)] == [(2, 2, 0, 0, 0, 1)]


def test_forgetting_is_done_in_steps(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget_module, "BATCH_LIMIT", 1)
    monkeypatch.setattr(forget_module, "BATCHES", 2)
    scheme.will("pay", PAID)
    for number in range(3):
        pay(merchant_reference=f"R{number}")
        clock.advance(300)
    roll_up()
    clock.advance(41 * 86400)

    assert [forget_slots(), forget_slots(), forget_slots()] == [2, 1, 0]
