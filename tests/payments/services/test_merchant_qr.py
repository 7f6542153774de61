"""A payment whose code the till shows: asked for once, shown, scanned or not, and always ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from connectors.base import Outcome, PresentRequest, Result
from events.models import Event
from kernel.clock import ManualClock
from kernel.errors import Conflict, Unavailable
from ledger.models import Entry
from payments.models import Attempt, Break, Payment, Transition
from payments.services import background, carry
from payments.services.cancel import cancel_payment
from payments.services.create import create_payment
from payments.services.drive import drive_payment
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import (
    CLOSED_BY_CANCEL,
    GIVEN_BACK_BY_CANCEL,
    MISSING,
    NOTHING_TO_CANCEL,
    PAID,
    PRESENTED,
    QR_CODE,
    SILENCE,
    TRADE_CLOSED,
    WAITING,
    FakeScheme,
    said,
)
from tests.payments.conftest import key_of, order_of, principal_of, reread
from tests.payments.services.test_drive import drive, drive_until_nothing_is_due
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]
REFUSED = said(Result.FAILED, "INVALID_PARAMETER", failure_code="scheme_configuration")


@pytest.fixture
def shown(pay: Pay, scheme: FakeScheme) -> Payment:
    """A payment whose code the till shows, and which nobody has scanned."""
    scheme.will("present", PRESENTED)
    scheme.will("query", MISSING)
    scheme.will("cancel", NOTHING_TO_CANCEL)
    return pay(payment_code=None)


def history(payment: Payment) -> list[tuple[str, str, str]]:
    with platform_scope():
        rows = Transition.objects.filter(payment=payment).order_by("id")
        return [(row.from_status, row.event, row.to_status) for row in rows]


def test_the_code_is_kept_and_nothing_is_paid(shown: Payment, scheme: FakeScheme) -> None:
    assert (shown.mode, shown.status, shown.qr_code) == ("merchant_qr", "processing", QR_CODE)
    assert (shown.payment_code_masked, shown.payment_code_digest) == (None, None)
    assert shown.due_at == shown.created_at + timedelta(seconds=3)
    assert shown.claim is None
    assert scheme.kinds() == ["present"]
    with platform_scope():
        assert [each.kind for each in Attempt.objects.all()] == ["present"]
        assert not Entry.objects.exists()
        assert not Event.objects.exists()


def test_the_scheme_is_told_the_sale_and_how_long_it_may_live(
    shown: Payment, scheme: FakeScheme, acme: Person
) -> None:
    request = scheme.asked("present")[0]

    assert isinstance(request, PresentRequest)
    assert request.partner_trans_id == shown.partner_trans_id
    assert request.amount == shown.amount
    assert request.store_id == acme.store.scheme_store_id
    assert request.lifetime_seconds == 120
    assert shown.expires_at == shown.created_at + timedelta(seconds=120)


def test_the_till_says_another_lifetime(pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("present", PRESENTED)

    payment = pay(payment_code=None, timeout_seconds=45)

    assert scheme.asked("present")[0].lifetime_seconds == 45
    assert payment.expires_at == payment.created_at + timedelta(seconds=45)


def test_the_row_is_there_before_the_scheme_hears(pay: Pay, scheme: FakeScheme) -> None:
    seen: list[tuple[str, str | None]] = []

    def look() -> Outcome:
        seen.extend(Payment.objects.values_list("status", "qr_code"))
        return PRESENTED

    scheme.will("present", look)
    pay(payment_code=None)

    assert seen == [("processing", None)]


def test_a_customer_who_scans_and_pays_ends_it(
    shown: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    statuses = []
    for answer in (MISSING, WAITING, PAID):
        scheme.will("query", answer)
        clock.advance(3)
        statuses.append(drive(shown).status)

    assert statuses == ["processing", "processing", "succeeded"]
    assert scheme.kinds() == ["present", "query", "query", "query"]
    with platform_scope():
        assert [each.type for each in Event.objects.all()] == ["payment.succeeded"]
        assert Entry.objects.exists()


def test_a_code_that_nobody_scans_is_queried_every_3_s_and_cancelled_at_its_deadline(
    shown: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    while reread(shown).status == "processing":
        clock.advance(3)
        drive(shown)

    ended = reread(shown)
    assert clock.now() == shown.expires_at
    assert scheme.kinds() == ["present", *["query"] * 40, "cancel"]
    assert (ended.status, ended.failure_code) == ("canceled", "payer_action_timeout")


def test_a_code_that_was_shown_is_watched_until_nobody_can_pay_it(
    shown: Payment, scheme: FakeScheme, clock: ManualClock, acme: Person
) -> None:
    """A cancel names no trade before the scan: whether it stops the code, Alipay does not say."""
    with tenant_scope(shown.acquirer_id, shown.merchant_id):
        cancel_payment(principal_of(acme), shown)
    canceled = reread(shown)
    assert canceled.status == "canceled"
    assert canceled.verify_until == shown.expires_at + timedelta(seconds=240)

    ended = drive_until_nothing_is_due(shown, clock)

    assert ended.status == "canceled"
    assert shown.expires_at < clock.now() <= shown.expires_at + timedelta(seconds=270)
    with platform_scope():
        assert not Break.objects.exists()


def test_a_cancel_by_somebody_who_has_not_seen_the_code_watches_it_all_the_same(
    shown: Payment, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("cancel", NOTHING_TO_CANCEL)
    stale = reread(shown)
    stale.qr_code = None  # read a moment before the code came

    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        cancel_payment(principal_of(acme), stale)

    row = reread(shown)
    assert (row.status, row.qr_code) == ("canceled", QR_CODE)
    assert row.verify_until == shown.expires_at + timedelta(seconds=240)
    assert stale.qr_code == QR_CODE  # and the answer to the cancel shows it
    assert history(shown) == [
        ("processing", "cancel_requested", "canceling"),
        ("canceling", "cancel_confirmed", "canceled"),
    ]


def test_a_customer_who_pays_after_the_cancel_gets_the_money_back(
    shown: Payment, scheme: FakeScheme, clock: ManualClock, acme: Person
) -> None:
    with tenant_scope(shown.acquirer_id, shown.merchant_id):
        cancel_payment(principal_of(acme), shown)
    scheme.will("query", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)

    ended = drive_until_nothing_is_due(shown, clock)

    assert ended.status == "canceled"
    assert scheme.kinds()[-2:] == ["query", "cancel"]
    with platform_scope():
        assert [(each.kind, each.status) for each in Break.objects.all()] == [
            ("paid_after_canceled", "mended")
        ]
        assert not Entry.objects.exists()


def test_a_scan_after_the_cancel_is_closed_at_once(
    shown: Payment, scheme: FakeScheme, clock: ManualClock, acme: Person
) -> None:
    with tenant_scope(shown.acquirer_id, shown.merchant_id):
        cancel_payment(principal_of(acme), shown)
    scheme.will("query", WAITING)
    scheme.will("cancel", CLOSED_BY_CANCEL)

    ended = drive_until_nothing_is_due(shown, clock)

    assert (ended.status, ended.due_at, ended.verify_until) == ("canceled", None, None)
    assert scheme.kinds() == ["present", "cancel", "query", "cancel"]


def test_a_customer_who_refuses_fails_it(
    shown: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", TRADE_CLOSED)
    clock.advance(3)

    ended = drive(shown)

    assert (ended.status, ended.failure_code) == ("failed", "payer_action_timeout")
    assert ended.due_at is None


def test_an_answer_that_does_not_come_is_cancelled_and_never_asked_for_again(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("present", SILENCE)
    scheme.will("query", MISSING)
    scheme.will("cancel", SILENCE, NOTHING_TO_CANCEL)

    doubtful = pay(payment_code=None)
    assert (doubtful.status, doubtful.qr_code) == ("canceling", None)
    assert doubtful.due_at == doubtful.created_at
    ended = drive_until_nothing_is_due(doubtful, clock)

    assert (ended.status, ended.failure_code) == ("canceled", "scheme_unavailable")
    assert scheme.kinds().count("present") == 1
    assert scheme.kinds()[1:3] == ["cancel", "cancel"]
    assert history(doubtful) == [
        ("processing", "not_shown", "canceling"),
        ("canceling", "cancel_confirmed", "canceled"),
    ]


def test_a_refused_order_fails_with_the_reason(pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("present", REFUSED)

    payment = pay(payment_code=None)

    assert (payment.status, payment.failure_code) == ("failed", "scheme_configuration")
    assert payment.qr_code is None


def test_a_process_that_dies_while_it_asks_leaves_a_payment_that_is_cancelled(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "start", lambda work: carry.give_place_back())
    scheme.will("query", MISSING)
    scheme.will("cancel", NOTHING_TO_CANCEL)
    payment = pay(payment_code=None)

    clock.advance(29)
    before = drive(payment).status
    clock.advance(3)
    after = drive(payment)

    assert before == "processing"
    assert (after.status, after.failure_code) == ("canceled", "scheme_unavailable")
    assert scheme.kinds() == ["query", "query", "cancel"]


def test_a_code_that_comes_after_the_till_cancelled_is_not_shown(
    pay: Pay, scheme: FakeScheme, acme: Person
) -> None:
    def cancelled_meanwhile() -> Outcome:
        cancel_payment(principal_of(acme), Payment.objects.get())
        return PRESENTED

    scheme.will("present", cancelled_meanwhile)
    scheme.will("cancel", NOTHING_TO_CANCEL)

    payment = pay(payment_code=None)

    assert (payment.status, payment.qr_code) == ("canceled", None)
    with platform_scope():
        answered = Attempt.objects.get(kind="present")
    assert answered.result == "succeeded"


def test_a_code_that_comes_while_a_worker_asks_is_shown_and_leaves_the_row_to_the_worker(
    pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    leases = []

    def claimed_meanwhile() -> Outcome:
        payment = Payment.objects.get()
        assert payment.due_at is not None
        clock.advance((payment.due_at - clock.now()).total_seconds())
        drive_payment(payment.id, acquirer_id=payment.acquirer_id)
        leases.append(reread(payment).due_at)
        return PRESENTED

    scheme.will("present", claimed_meanwhile)
    scheme.will("query", MISSING)

    payment = pay(payment_code=None)

    assert (payment.status, payment.qr_code) == ("processing", QR_CODE)
    assert [payment.due_at] == leases


def test_the_same_request_again_shows_the_same_code(
    shown: Payment, scheme: FakeScheme, acme: Person
) -> None:
    with tenant_scope(shown.acquirer_id, shown.merchant_id):
        again = create_payment(
            principal_of(acme), order_of(acme, payment_code=None, idempotency_key=key_of(acme))
        )
        by_key = create_payment(
            principal_of(acme), order_of(acme, payment_code=None, idempotency_key=key_of(acme))
        )

    assert (again.is_replay, again.payment.id, again.payment.qr_code) == (True, shown.id, QR_CODE)
    assert (by_key.is_replay, by_key.payment.id) == (True, shown.id)
    assert scheme.kinds() == ["present"]


def test_the_same_reference_in_the_other_mode_is_a_conflict(
    shown: Payment, scheme: FakeScheme, acme: Person
) -> None:
    with (
        tenant_scope(shown.acquirer_id, shown.merchant_id),
        pytest.raises(Conflict) as refusal,
    ):
        create_payment(principal_of(acme), order_of(acme))

    assert [fault.field for fault in refusal.value.errors] == ["mode", "payment_code"]
    assert scheme.kinds() == ["present"]


def test_nothing_is_written_while_no_address_of_the_scheme_works(
    pay: Pay, scheme: FakeScheme
) -> None:
    scheme.is_reachable = False

    with pytest.raises(Unavailable):
        pay(payment_code=None)

    assert scheme.kinds() == []
    with platform_scope():
        assert not Payment.objects.exists()


def test_a_rivals_order_under_the_same_reference_has_its_own_code(
    shown: Payment, scheme: FakeScheme, rival: Person
) -> None:
    other = "https://qr.alipay.com/bax00000000000000000002"
    scheme.will("present", said(Result.SUCCEEDED, "SUCCESS", qr_code=other))
    principal = principal_of(rival)

    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        opening = create_payment(principal, order_of(rival, payment_code=None))
        mine = list(Payment.objects.values_list("qr_code", flat=True))

    assert opening.is_replay is False
    assert mine == [other]
    assert reread(shown).qr_code == QR_CODE


def test_a_code_that_comes_while_a_worker_gives_it_up_is_shown_and_stays_payable(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker read the row before the code came: what the till shows must not be cancelled."""
    works: list[Callable[[], None]] = []

    def code_comes() -> Outcome:
        works.pop()()
        return MISSING

    monkeypatch.setattr(background, "start", works.append)
    scheme.will("present", PRESENTED)
    scheme.will("query", code_comes, PAID)
    payment = pay(payment_code=None)

    clock.advance(31)
    raced = drive(payment)
    clock.advance(30)
    ended = drive(payment)

    assert (raced.status, raced.qr_code, raced.failure_code) == ("processing", QR_CODE, None)
    assert ended.status == "succeeded"
    assert scheme.kinds() == ["query", "present", "query"]
    assert history(payment) == [("processing", "paid", "succeeded")]


def test_a_code_that_comes_while_a_worker_hears_of_the_payment_is_in_the_event_too(
    pay: Pay, scheme: FakeScheme, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker read the row before the code came: the event must not say that there was none."""
    works: list[Callable[[], None]] = []

    def code_comes() -> Outcome:
        works.pop()()
        return PAID

    monkeypatch.setattr(background, "start", works.append)
    scheme.will("present", PRESENTED)
    scheme.will("query", code_comes)
    payment = pay(payment_code=None)

    clock.advance(5)
    ended = drive(payment)

    assert (ended.status, ended.qr_code) == ("succeeded", QR_CODE)
    with platform_scope():
        assert Event.objects.get().payload["qr_code"] == QR_CODE


def test_the_words_that_came_with_the_code_are_no_reason_for_a_failure(
    shown: Payment, scheme: FakeScheme, clock: ManualClock, acme: Person
) -> None:
    with tenant_scope(shown.acquirer_id, shown.merchant_id):
        cancel_payment(principal_of(acme), shown)

    assert (reread(shown).failure_code, reread(shown).scheme_code) == ("canceled_by_merchant", None)
