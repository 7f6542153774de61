"""The driver: every 3 s a query, at the deadline one more and then the cancel, until it is over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from connectors.alipay import rules
from connectors.base import Outcome, Result
from events.models import Event
from kernel import ids
from kernel.clock import ManualClock
from ledger.models import Entry
from payments.models import Attempt, Payment, Transition
from payments.services.claim import claim_payment
from payments.services.drive import drive_payment
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import (
    CANCEL_REFUSED,
    CLOSED_BY_CANCEL,
    GIVEN_BACK_BY_CANCEL,
    MISSING,
    NOTHING_TO_CANCEL,
    PAID,
    REFUND_RECORDED,
    REFUNDED,
    SILENCE,
    TRADE_CLOSED,
    WAITING,
    FakeScheme,
    said,
)
from tests.payments.conftest import reread

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]


@pytest.fixture
def doubtful(pay: Pay, scheme: FakeScheme) -> Payment:
    """A payment whose pay call was not answered."""
    scheme.will("pay", SILENCE)
    return pay()


def drive(payment: Payment) -> Payment:
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    return reread(payment)


def drive_until_nothing_is_due(payment: Payment, clock: ManualClock, limit: int = 200) -> Payment:
    for _ in range(limit):
        payment = reread(payment)
        if payment.due_at is None:
            return payment
        clock.advance(max(0.0, (payment.due_at - clock.now()).total_seconds()))
        drive(payment)
    raise AssertionError("still due")


def test_a_payment_is_not_asked_about_before_it_is_due(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    clock.advance(2.9)

    drive(doubtful)

    assert scheme.kinds() == ["pay"]


def test_a_query_that_finds_the_money_ends_the_payment(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", PAID)
    clock.advance(3)

    payment = drive(doubtful)

    assert payment.status == "succeeded"
    assert payment.due_at is None
    assert scheme.asked("query") == [payment.partner_trans_id]


@pytest.mark.parametrize(
    ("last_word", "failure"),
    [
        (WAITING, "payer_action_timeout"),
        (MISSING, "scheme_unavailable"),
        (SILENCE, "scheme_unavailable"),
    ],
)
def test_doubt_is_queried_every_3_s_and_at_the_deadline_once_more_then_cancelled_at_once(
    doubtful: Payment,
    scheme: FakeScheme,
    clock: ManualClock,
    last_word: Outcome,
    failure: str,
) -> None:
    asked_at: list[float] = []

    def note() -> Outcome:
        asked_at.append((clock.now() - doubtful.created_at).total_seconds())
        return last_word

    scheme.will("query", note)
    scheme.will("cancel", CLOSED_BY_CANCEL)

    payment = drive_until_nothing_is_due(doubtful, clock)

    assert asked_at == [3, 6, 9, 12, 15, 18, 21, 24, 27, 30]
    assert scheme.kinds() == ["pay", *["query"] * 10, "cancel"]
    assert payment.status == "canceled"
    assert payment.failure_code == failure
    assert payment.completed_at == doubtful.created_at + timedelta(seconds=30)


def test_a_cancel_without_an_answer_is_repeated_with_growing_gaps_until_confirmed(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    tried_at: list[float] = []

    def silent() -> Outcome:
        tried_at.append((clock.now() - doubtful.expires_at).total_seconds())
        return SILENCE

    scheme.will("query", SILENCE)
    scheme.will("cancel", *[silent] * 30, GIVEN_BACK_BY_CANCEL)

    payment = drive_until_nothing_is_due(doubtful, clock)

    gaps = [later - earlier for earlier, later in pairwise(tried_at)]
    assert payment.status == "canceled"
    assert tried_at[0] == 0
    assert gaps == sorted(gaps)
    assert gaps[0] == 3
    assert max(gaps) <= 60


def test_money_found_while_the_payment_is_being_stopped_is_undone_not_kept(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", SILENCE)
    scheme.will("cancel", SILENCE, GIVEN_BACK_BY_CANCEL)
    clock.advance(30)
    assert drive(doubtful).status == "canceling"

    payment = drive_until_nothing_is_due(doubtful, clock)

    assert payment.status == "canceled"
    with platform_scope():
        assert not Entry.objects.exists()
        assert list(Event.objects.values_list("type", flat=True)) == ["payment.canceled"]


def test_what_cannot_be_cancelled_any_more_is_given_back_by_a_refund_under_one_id(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", SILENCE)
    scheme.will("cancel", CANCEL_REFUSED)
    scheme.will("refund", SILENCE, SILENCE, REFUNDED)
    clock.advance(30)

    payment = drive_until_nothing_is_due(doubtful, clock)

    assert payment.status == "canceled"
    assert {request.partner_refund_id for request in scheme.asked("refund")} == {
        f"rev{payment.partner_trans_id}"
    }
    assert [request.amount for request in scheme.asked("refund")] == [payment.amount] * 3


def test_at_night_a_reversal_is_recorded_first_and_no_person_is_called(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", SILENCE)
    scheme.will("cancel", CANCEL_REFUSED)
    scheme.will("refund", REFUND_RECORDED, REFUNDED)
    midnight = datetime(2026, 11, 23, 0, 20, tzinfo=rules.BEIJING)
    clock.advance((midnight - clock.now()).total_seconds())

    payment = drive(doubtful)

    assert (payment.status, payment.has_open_break) == ("reversing", False)
    clock.advance(timedelta(minutes=80).total_seconds())
    assert drive(payment).status == "canceled"
    assert [request.is_synchronous for request in scheme.asked("refund")] == [False, True]


def test_a_trade_that_closed_itself_is_failed(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", TRADE_CLOSED)
    clock.advance(3)

    payment = drive(doubtful)

    assert payment.status == "failed"
    assert payment.failure_code == "payer_action_timeout"
    assert scheme.asked("cancel") == []


def test_a_cancel_that_met_no_trade_is_checked_until_the_pay_can_arrive_no_more(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", MISSING)
    scheme.will("cancel", NOTHING_TO_CANCEL)
    clock.advance(30)
    canceled = drive(doubtful)
    assert canceled.status == "canceled"
    assert canceled.verify_until == clock.now() + timedelta(seconds=240)

    payment = drive_until_nothing_is_due(canceled, clock)

    assert payment.status == "canceled"
    assert clock.now() >= canceled.verify_until
    assert scheme.asked("cancel") == [payment.partner_trans_id]


def test_a_pay_that_overtakes_its_cancel_is_given_back_and_noted_and_the_end_stays(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", MISSING, PAID)
    scheme.will("cancel", NOTHING_TO_CANCEL, GIVEN_BACK_BY_CANCEL)
    clock.advance(30)
    drive(doubtful)

    payment = drive_until_nothing_is_due(doubtful, clock)

    assert payment.status == "canceled"
    assert scheme.kinds()[-2:] == ["query", "cancel"]
    with platform_scope():
        noted = Transition.objects.filter(event="paid").get()
        assert (noted.from_status, noted.to_status) == ("canceled", "canceled")
        assert not Entry.objects.exists()
        types = list(Event.objects.order_by("id").values_list("type", flat=True))
        assert types == ["payment.canceled", "break.opened", "break.mended"]


def test_a_trade_that_still_waits_after_the_cancel_is_cancelled_again(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", MISSING, WAITING, TRADE_CLOSED)
    scheme.will("cancel", NOTHING_TO_CANCEL, CLOSED_BY_CANCEL)
    clock.advance(30)
    drive(doubtful)

    payment = drive_until_nothing_is_due(doubtful, clock)

    assert payment.status == "canceled"
    assert len(scheme.asked("cancel")) == 2


def test_every_call_repeats_the_one_partner_trans_id(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", SILENCE)
    scheme.will("cancel", SILENCE, CLOSED_BY_CANCEL)

    drive_until_nothing_is_due(doubtful, clock)

    named = {scheme.asked("pay")[0].partner_trans_id, *scheme.asked("query")}
    assert named | set(scheme.asked("cancel")) == {doubtful.partner_trans_id}


def test_each_call_leaves_an_attempt_with_its_answer(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", WAITING, PAID)

    drive_until_nothing_is_due(doubtful, clock)

    with platform_scope():
        assert list(Attempt.objects.order_by("id").values_list("kind", "result", "code")) == [
            ("pay", "unknown", None),
            ("query", "pending", "WAIT_BUYER_PAY"),
            ("query", "succeeded", "SUCCESS"),
        ]


def test_two_workers_meet_and_one_drives(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    def second_worker() -> Outcome:
        drive_payment(doubtful.id, acquirer_id=doubtful.acquirer_id)
        return WAITING

    scheme.will("query", second_worker)
    clock.advance(3)

    drive(doubtful)

    assert scheme.kinds() == ["pay", "query"]


def test_a_worker_that_died_is_replaced_when_its_lease_ends(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", PAID)
    clock.advance(3)
    with tenant_scope(doubtful.acquirer_id):
        assert claim_payment(doubtful.id, ids.new_uuid()) is not None  # and then it dies

    clock.advance(8.9)
    assert drive(doubtful).status == "processing"
    clock.advance(0.1)
    payment = drive(doubtful)

    assert payment.status == "succeeded"
    assert scheme.kinds() == ["pay", "query"]


def test_a_late_answer_of_a_lost_claim_postpones_nothing(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    def overtaken() -> Outcome:
        clock.advance(10)  # the lease ends meanwhile, and another worker claims the row
        with tenant_scope(doubtful.acquirer_id):
            assert claim_payment(doubtful.id, ids.new_uuid()) is not None
        return WAITING

    scheme.will("query", overtaken)
    clock.advance(3)

    payment = drive(doubtful)

    assert payment.due_at == clock.now() + timedelta(seconds=9)


def test_the_answer_of_the_pay_and_of_a_query_say_the_same_and_count_once(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    def meanwhile() -> Outcome:
        clock.advance(5)
        with platform_scope():
            row = Payment.objects.get()
        drive_payment(row.id, acquirer_id=row.acquirer_id)
        return PAID

    scheme.will("pay", meanwhile)
    scheme.will("query", PAID)

    payment = pay()

    assert payment.status == "succeeded"
    with platform_scope():
        assert Event.objects.count() == 1
        assert Transition.objects.count() == 1
        assert Entry.objects.count() == 2
        assert set(Attempt.objects.values_list("result", flat=True)) == {"succeeded"}


def test_what_the_customer_would_have_paid_is_not_shown_as_paid(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    waiting = said(Result.PENDING, "WAIT_BUYER_PAY", trade=PAID.trade)
    scheme.will("query", waiting)
    scheme.will("cancel", CLOSED_BY_CANCEL)

    payment = drive_until_nothing_is_due(doubtful, clock)

    assert payment.status == "canceled"
    assert payment.scheme_transaction_id == PAID.trade.scheme_transaction_id
    assert (payment.payer_amount_minor, payment.exchange_rate) == (None, None)


def test_an_unknown_code_ends_nothing(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", said(Result.UNKNOWN, "NEVER_HEARD_OF"))
    clock.advance(3)

    payment = drive(doubtful)

    assert payment.status == "processing"
    assert payment.scheme_code == "NEVER_HEARD_OF"
