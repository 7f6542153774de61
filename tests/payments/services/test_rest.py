"""While all addresses are left alone, what is due waits for their next trial and costs nothing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from kernel.clock import ManualClock
from payments.models import Attempt, Payment, Refund
from payments.services import rest
from payments.services.drive import drive_payment
from payments.services.drive_refund import drive_refund
from payments.services.refund import RefundOrder, create_refund
from payments.state import RefundStatus, Status
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import PAID, REFUNDED, SILENCE, FakeScheme
from tests.payments.conftest import principal_of, reread
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]


@pytest.fixture(autouse=True)
def nobody_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest.random, "random", lambda: 0.5)


def drive(payment: Payment) -> Payment:
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    return reread(payment)


def attempts(payment_id: UUID) -> int:
    with platform_scope():
        return Attempt.objects.filter(payment_id=payment_id).count()


@pytest.fixture
def doubtful(pay: Pay, scheme: FakeScheme, clock: ManualClock) -> Payment:
    """In doubt, due now, and no address will be tried for five seconds."""
    scheme.will("pay", SILENCE)
    payment = pay()
    clock.advance(3)
    scheme.resting = clock.now() + timedelta(seconds=5)
    return payment


def test_a_payment_in_doubt_rests_until_the_trial_and_makes_no_attempt(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    driven = drive(doubtful)

    assert driven.due_at == clock.now() + timedelta(seconds=6)  # apart from others, by chance
    assert driven.status == Status.PROCESSING
    assert (attempts(doubtful.id), scheme.kinds()) == (1, ["pay"])


def test_it_never_rests_beyond_its_deadline_which_is_kept_without_an_answer(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", SILENCE)
    scheme.will("cancel", SILENCE)
    scheme.resting = clock.now() + timedelta(seconds=60)

    assert drive(doubtful).due_at == doubtful.expires_at
    clock.advance(27)
    canceling = drive(doubtful)

    assert canceling.status == Status.CANCELING
    assert canceling.due_at == scheme.resting + timedelta(seconds=1)


def test_when_an_address_may_be_tried_again_the_payment_is_asked_about(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("query", PAID)
    drive(doubtful)
    clock.advance(6)
    scheme.resting = None

    assert drive(doubtful).status == Status.SUCCEEDED


def test_what_another_has_claimed_is_not_moved(
    doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    with platform_scope():
        Payment.objects.filter(id=doubtful.id).update(due_at=clock.now() + timedelta(seconds=9))

    assert drive(doubtful).due_at == clock.now() + timedelta(seconds=9)


def test_a_refund_rests_too_and_is_given_back_afterwards(
    pay: Pay, acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    payment, principal = pay(), principal_of(acme)
    scheme.resting = clock.now() + timedelta(seconds=5)

    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        refund = create_refund(principal, payment.id, RefundOrder(100, None, None)).refund
        refund.refresh_from_db()
    assert refund.due_at == clock.now() + timedelta(seconds=6)
    assert (refund.status, scheme.kinds()) == (RefundStatus.PROCESSING, ["pay"])

    clock.advance(6)
    scheme.resting = None
    scheme.will("refund", REFUNDED)
    drive_refund(refund.id, acquirer_id=refund.acquirer_id)

    with platform_scope():
        assert Refund.objects.get(id=refund.id).status == RefundStatus.SUCCEEDED
