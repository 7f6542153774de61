"""A contradiction is an object: opened with both sides' evidence, mended or left to a person."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Contradiction, Result
from events.models import Event
from kernel.clock import ManualClock
from ledger.models import Entry
from payments.models import Break, Payment
from payments.presentation import show_payment
from payments.services.apply import apply_event
from payments.services.drive import drive_payment
from payments.state import Event as News
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import (
    CANCEL_REFUSED,
    CLOSED_BY_CANCEL,
    DECLINED,
    GIVEN_BACK_BY_CANCEL,
    MISSING,
    NOTHING_TO_CANCEL,
    PAID,
    REFUND_REFUSED,
    REFUNDED,
    SILENCE,
    TRADE_CLOSED,
    FakeScheme,
    said,
)
from tests.payments.conftest import reread

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]
OTHER_AMOUNT = said(
    Result.UNKNOWN,
    "CONTRADICTION",
    contradiction=Contradiction("other_amount", {"trans_amount": "0.01", "currency": "HKD"}),
)


def drive(payment: Payment) -> Payment:
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    return reread(payment)


def the_break() -> Break:
    with platform_scope():
        return Break.objects.get()


def told() -> list[tuple[str, dict[str, Any]]]:
    with platform_scope():
        rows = Event.objects.filter(type__startswith="break.").order_by("id")
        return [(row.type, row.payload) for row in rows]


@pytest.fixture
def canceled(pay: Pay, scheme: FakeScheme, clock: ManualClock) -> Payment:
    """Nothing was known of it, so it was cancelled; its pay may still arrive."""
    scheme.will("pay", SILENCE)
    scheme.will("query", MISSING)
    scheme.will("cancel", NOTHING_TO_CANCEL)
    payment = pay()
    clock.advance(30)
    payment = drive(payment)
    assert (payment.status, payment.has_open_break) == ("canceled", False)
    return payment


def test_money_after_a_cancel_opens_a_break_that_the_mending_ends(
    canceled: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    clock.advance(5)

    payment = drive(canceled)

    assert (payment.status, payment.has_open_break) == ("canceled", False)
    difference = the_break()
    assert (difference.kind, difference.status) == ("paid_after_canceled", "mended")
    assert (difference.outcome, difference.needs_person) == ("cancel_confirmed", False)
    assert difference.ours == {"says": "canceled", "amount": 12050, "currency": "HKD"}
    assert difference.theirs == {
        "says": "paid", "code": "SUCCESS", "transaction_id": "2026112222001400990000000042",
    }  # fmt: skip
    assert [(kind, body["status"], body["id"]) for kind, body in told()] == [
        ("break.opened", "open", difference.public_id),
        ("break.mended", "mended", difference.public_id),
    ]
    assert "The payment stays canceled" in told()[0][1]["message"]
    with platform_scope():
        assert not Entry.objects.exists()


def test_what_comes_after_the_end_changes_nothing_of_what_the_merchant_was_told(
    canceled: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    with platform_scope():
        [told_at_the_end] = Event.objects.filter(type="payment.canceled")
    scheme.will("query", said(Result.UNKNOWN, "SYSTEM_ERROR"), PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)

    for _ in range(2):
        clock.advance(10)
        canceled = drive(canceled)

    assert the_break().status == "mended"
    assert show_payment(canceled) == told_at_the_end.payload


def test_while_the_money_is_not_back_the_break_stays_open_and_is_opened_once(
    canceled: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", PAID)
    scheme.will("cancel", SILENCE)
    clock.advance(5)
    drive(canceled)
    clock.advance(10)

    payment = drive(canceled)

    assert (payment.status, payment.has_open_break) == ("canceled", True)
    assert payment.due_at is not None
    assert the_break().status == "open"
    assert [kind for kind, _ in told()] == ["break.opened"]


def test_a_mending_that_alipay_refuses_is_repeated_and_handed_to_a_person(
    canceled: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", PAID)
    scheme.will("cancel", CANCEL_REFUSED)
    scheme.will("refund", REFUND_REFUSED, REFUNDED)
    clock.advance(5)

    payment = drive(canceled)

    assert (payment.has_open_break, the_break().needs_person) == (True, True)
    clock.advance(60)
    payment = drive(payment)
    assert (payment.has_open_break, the_break().status) == (False, "mended")
    assert the_break().outcome == "reversed"


def test_a_late_success_of_a_failed_payment_is_given_back(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", DECLINED)
    payment = pay()
    assert payment.status == "failed"
    with tenant_scope(payment.acquirer_id):
        apply_event(payment, News.PAID, actor="driver", interval_seconds=3, outcome=PAID)
    scheme.will("query", PAID)
    scheme.will("cancel", CLOSED_BY_CANCEL)

    payment = drive(payment)

    assert (payment.status, the_break().kind) == ("failed", "paid_after_failed")
    assert the_break().status == "mended"


def test_a_paid_payment_that_alipay_closed_is_left_to_a_person_and_stays_paid(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    payment = pay()

    with tenant_scope(payment.acquirer_id):
        apply_event(payment, News.CLOSED, actor="driver", interval_seconds=3, outcome=TRADE_CLOSED)

    payment = reread(payment)
    assert (payment.status, payment.due_at, payment.has_open_break) == ("succeeded", None, True)
    difference = the_break()
    assert (difference.kind, difference.needs_person) == ("closed_after_paid", True)
    assert told()[0][1]["left"].startswith("Ask Alipay who gave the money back")
    with platform_scope():
        assert Entry.objects.count() == 2  # the sale, and nothing against it


def test_alipay_closes_a_trade_that_was_refunded_whole_and_that_is_no_break(
    pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    payment = pay()
    with tenant_scope(payment.acquirer_id):
        Payment.objects.filter(id=payment.id).update(refund_reserved_minor=12050)
        payment.refresh_from_db()

        apply_event(payment, News.CLOSED, actor="driver", interval_seconds=3, outcome=TRADE_CLOSED)

    with platform_scope():
        assert not Break.objects.exists()


def test_another_amount_is_not_believed_and_the_break_ends_with_the_payment(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", OTHER_AMOUNT)
    scheme.will("query", OTHER_AMOUNT)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)

    payment = pay()

    assert (payment.status, payment.has_open_break) == ("processing", True)
    assert the_break().theirs == {
        "says": "something else", "code": "CONTRADICTION", "trans_amount": "0.01",
        "currency": "HKD",
    }  # fmt: skip
    clock.advance(30)
    payment = drive(payment)
    assert (payment.status, payment.has_open_break) == ("canceled", False)
    assert (the_break().kind, the_break().status) == ("other_amount", "mended")
    with platform_scope():
        types = list(Event.objects.order_by("created_at", "id").values_list("type", flat=True))
    assert types == ["break.opened", "break.mended", "payment.canceled"]


def test_a_reversal_that_alipay_refuses_is_repeated_and_shown_to_a_person(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("query", SILENCE)
    scheme.will("cancel", CANCEL_REFUSED)
    scheme.will("refund", REFUND_REFUSED, REFUNDED)
    payment = pay()
    clock.advance(30)

    payment = drive(payment)

    assert (payment.status, payment.has_open_break) == ("reversing", True)
    assert (the_break().kind, the_break().needs_person) == ("reversal_refused", True)
    clock.advance(timedelta(minutes=1).total_seconds())
    payment = drive(payment)
    assert (payment.status, the_break().status) == ("canceled", "mended")
