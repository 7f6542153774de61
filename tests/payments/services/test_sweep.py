"""The sweep finds what the broker lost; the standby drives it without broker and beat."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from kernel.clock import ManualClock
from payments.models import Payment
from payments.services import sweep, wake
from payments.services.create import create_payment
from payments.services.drive import drive_payment
from tenancy.scope import tenant_scope
from tests.fakes import PAID, SILENCE, FakeScheme
from tests.payments.conftest import order_of, principal_of, reread
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]


class AtOnce(Executor):
    """Does the work when it is submitted."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*args, **kwargs))
        return future


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What was handed to the broker, which then loses it."""
    monkeypatch.setattr(sweep, "_handed", {})
    handed: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        wake, "wake_driver", lambda task, row_id, **rest: handed.append((task, row_id))
    )
    return handed


def test_a_row_is_handed_over_half_a_second_after_it_was_due_and_not_before(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, woken: list[tuple[str, Any]]
) -> None:
    scheme.will("pay", SILENCE)
    payment = pay()
    woken.clear()

    clock.advance(3.4)
    assert sweep.sweep() == 0
    clock.advance(0.1)

    assert sweep.sweep() == 1
    assert woken == [("payments.drive_payment", payment.id)]


def test_rows_of_every_acquirer_are_found(
    pay: Pay,
    outsider: Person,
    scheme: FakeScheme,
    clock: ManualClock,
    woken: list[tuple[str, Any]],
) -> None:

    scheme.will("pay", SILENCE)
    ours, principal = pay(), principal_of(outsider)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        theirs = create_payment(principal, order_of(outsider)).payment
    woken.clear()
    clock.advance(4)

    assert sweep.sweep() == 2
    assert {row_id for _, row_id in woken} == {ours.id, theirs.id}


def test_a_sweep_takes_no_more_than_its_limit(
    pay: Pay,
    scheme: FakeScheme,
    clock: ManualClock,
    woken: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep, "BATCH_LIMIT", 2)
    scheme.will("pay", SILENCE)
    oldest = [pay(merchant_reference=f"R{number}").id for number in range(3)][:2]
    woken.clear()
    clock.advance(4)

    assert sweep.sweep() == 2
    assert len(oldest) == 2


def test_a_row_is_handed_over_again_only_when_its_task_has_expired_or_it_is_due_anew(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, woken: list[tuple[str, Any]]
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("query", SILENCE)
    payment = pay()
    clock.advance(4)

    assert [sweep.sweep(), sweep.sweep()] == [1, 0]
    clock.advance(9.9)
    assert sweep.sweep() == 0
    clock.advance(0.1)
    assert sweep.sweep() == 1

    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    clock.advance(3.5)
    assert sweep.sweep() == 1


def test_what_nobody_took_for_four_seconds_the_standby_drives_itself(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, woken: list[tuple[str, Any]]
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("query", PAID)
    payment = pay()

    clock.advance(6.9)
    assert sweep.drive_neglected(AtOnce()) == 0
    clock.advance(0.1)
    assert sweep.drive_neglected(AtOnce()) == 1

    assert reread(payment).status == "succeeded"


def test_a_row_that_cannot_be_driven_does_not_stop_the_others(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, woken: list[tuple[str, Any]]
) -> None:
    def broken() -> Any:
        raise RuntimeError("a fault of ours")

    scheme.will("pay", SILENCE)
    scheme.will("query", broken, PAID)
    payments = [pay(merchant_reference=f"R{number}") for number in range(2)]
    clock.advance(7)

    assert sweep.drive_neglected(AtOnce()) == 2

    assert sorted(reread(each).status for each in payments) == ["processing", "succeeded"]
