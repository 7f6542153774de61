"""Cancelling at the merchant's wish: stop what is in doubt, take back what is paid."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from events.models import Event
from kernel.clock import ManualClock, using_clock
from kernel.errors import Conflict
from ledger.selectors import list_trial_balance
from payments.models import Payment
from payments.services.cancel import cancel_payment
from payments.services.refund import RefundOrder, create_refund
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import (
    CANCEL_REFUSED,
    CLOSED_BY_CANCEL,
    DECLINED,
    GIVEN_BACK_BY_CANCEL,
    PAID,
    REFUNDED,
    SILENCE,
    FakeScheme,
)
from tests.payments.conftest import principal_of, reread
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]


def cancel(person: Person, payment: Payment) -> Payment:
    principal = principal_of(person)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        cancel_payment(principal, payment)
    return reread(payment)


def event_types() -> list[str]:
    with platform_scope():
        return list(Event.objects.order_by("id").values_list("type", flat=True))


def test_a_payment_in_doubt_is_stopped(acme: Person, pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("cancel", CLOSED_BY_CANCEL)

    payment = cancel(acme, pay())

    assert payment.status == "canceled"
    assert payment.failure_code == "canceled_by_merchant"
    assert scheme.kinds() == ["pay", "cancel"]


def test_a_paid_payment_is_taken_back_and_out_of_the_books(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)

    payment = cancel(acme, pay())

    assert payment.status == "canceled"
    assert event_types() == ["payment.succeeded", "payment.canceled"]
    with tenant_scope(acme.acquirer.id):
        assert {line.balance_minor for line in list_trial_balance(livemode=False)} == {0}


def test_the_end_is_told_after_the_sale_though_its_clock_is_behind(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    paid = pay()

    behind = ManualClock(paid.completed_at - timedelta(milliseconds=200))
    with using_clock(behind):
        payment = cancel(acme, paid)

    assert event_types() == ["payment.succeeded", "payment.canceled"]
    assert payment.completed_at > paid.completed_at


def test_a_cancel_that_alipay_refuses_leaves_the_payment_paid(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("cancel", CANCEL_REFUSED)

    payment = cancel(acme, pay())

    assert payment.status == "succeeded"
    assert payment.failure_code is None
    assert payment.completed_at == payment.created_at
    assert event_types() == ["payment.succeeded", "payment.cancel_refused"]
    with tenant_scope(acme.acquirer.id):
        assert sorted(line.balance_minor for line in list_trial_balance(livemode=False)) == [
            -12050,
            12050,
        ]


def test_a_cancel_in_doubt_is_driven_on(
    acme: Person, pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    scheme.will("cancel", SILENCE)

    payment = cancel(acme, pay())

    assert payment.status == "taking_back"
    assert payment.public_status == "processing"
    assert payment.due_at is not None
    assert payment.due_at > clock.now()


def test_cancelling_a_canceled_payment_changes_nothing(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("cancel", CLOSED_BY_CANCEL)
    payment = cancel(acme, pay())

    again = cancel(acme, payment)

    assert again.status == "canceled"
    assert scheme.kinds() == ["pay", "cancel"]
    assert event_types() == ["payment.canceled"]


def test_a_failed_payment_has_nothing_to_cancel(acme: Person, pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("pay", DECLINED)
    payment = pay()

    with pytest.raises(Conflict, match="payment_failed"):
        cancel(acme, payment)

    assert scheme.kinds() == ["pay"]


# The payment is made at 14:30 in Beijing; its window closes at 00:15, which is 16:15 UTC.
@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (datetime(2026, 11, 22, 16, 14, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 16, 15, 0, tzinfo=UTC), False),
    ],
)
def test_the_window_closes_a_quarter_of_an_hour_after_beijings_midnight(
    acme: Person, pay: Pay, scheme: FakeScheme, clock: ManualClock, now: datetime, is_open: bool
) -> None:
    scheme.will("pay", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    payment = pay()
    clock.advance((now - clock.now()).total_seconds())

    if is_open:
        assert cancel(acme, payment).status == "canceled"
    else:
        with pytest.raises(Conflict, match="cancel_window_closed"):
            cancel(acme, payment)
        assert reread(payment).status == "succeeded"
        assert scheme.kinds() == ["pay"]


def test_a_payment_with_a_refund_is_refunded_further_not_cancelled(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    payment = pay()
    principal = principal_of(acme)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        create_refund(principal, payment.id, RefundOrder(50, None, None))

    with pytest.raises(Conflict, match="refund_exists"):
        cancel(acme, payment)  # the object still says that nothing was refunded

    assert reread(payment).status == "succeeded"
    assert scheme.kinds() == ["pay", "refund"]
