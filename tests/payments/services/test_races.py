"""Two that meet on one payment, on real transactions: each meeting has one end (payments/state.py).

A meeting is made inside the scheme's answer: what the other one does happens while we wait for it.
"""

from collections.abc import Callable
from itertools import chain

import pytest
from django.db import connection

from connectors.base import Outcome
from kernel.clock import ManualClock
from kernel.errors import Conflict
from ledger.selectors import list_trial_balance
from payments.models import Payment, Refund
from payments.services.cancel import cancel_payment
from payments.services.drive import drive_payment
from payments.services.refund import RefundOrder, create_refund
from tenancy.scope import tenant_scope
from tests.fakes import (
    CANCEL_REFUSED,
    CLOSED_BY_CANCEL,
    GIVEN_BACK_BY_CANCEL,
    PAID,
    REFUNDED,
    SILENCE,
    FakeScheme,
)
from tests.payments.conftest import principal_of, reread
from tests.people import Person
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
Pay = Callable[..., Payment]


def cancel(person: Person, payment: Payment) -> None:
    principal = principal_of(person)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        cancel_payment(principal, reread(payment))


def refund(person: Person, payment: Payment, minor: int | None, reference: str) -> str:
    """``refunded``, or the code of the refusal."""
    principal = principal_of(person)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        try:
            create_refund(principal, payment.id, RefundOrder(minor, reference, None))
        except Conflict as refusal:
            return refusal.code
    return "refunded"


def then(act: Callable[[], object], answer: Outcome) -> Callable[[], Outcome]:
    """``answer``, once ``act`` has happened on its way to us."""

    def play() -> Outcome:
        act()
        return answer

    return play


def balances(payment: Payment) -> list[int]:
    with tenant_scope(payment.acquirer_id):
        return sorted(
            line.balance_minor for line in list_trial_balance(livemode=False) if line.balance_minor
        )


def test_a_hundred_refunds_at_once_give_back_what_was_paid_and_not_a_cent_more(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    paid = pay()

    def ask(number: int) -> list[str]:
        return [refund(acme, paid, 1000, f"{number}-{turn}") for turn in range(5)]

    outcomes = list(chain.from_iterable(at_once(20, ask)))

    payment = reread(paid)
    assert outcomes.count("refunded") == 12  # 12 times 1000 of 12050
    assert outcomes.count("refund_exceeds_payment") == 88
    assert (payment.refunded_minor, payment.refund_reserved_minor) == (12000, 12000)
    assert len(scheme.asked("refund")) == 12
    assert balances(paid) == [-50, 50]


def test_a_success_that_crosses_a_cancel_is_given_back_and_the_payment_is_canceled(
    acme: Person, pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", SILENCE)
    doubtful = pay()
    scheme.will("query", then(lambda: cancel(acme, doubtful), PAID))
    scheme.will("cancel", SILENCE, GIVEN_BACK_BY_CANCEL)
    clock.advance(3)

    for _ in range(3):
        drive_payment(doubtful.id, acquirer_id=doubtful.acquirer_id)
        clock.advance(9)

    assert reread(doubtful).status == "canceled"
    assert reread(doubtful).due_at is None
    assert scheme.kinds() == ["pay", "query", "cancel", "cancel"]
    assert balances(doubtful) == []


def test_a_cancel_that_crosses_a_success_finds_the_payment_paid_and_takes_it_back(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("query", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    doubtful = pay()
    seen = reread(doubtful)  # what the cancel looked at before the success came
    with tenant_scope(doubtful.acquirer_id):
        Payment.objects.filter(id=doubtful.id).update(due_at=doubtful.created_at)
    drive_payment(doubtful.id, acquirer_id=doubtful.acquirer_id)
    assert reread(doubtful).status == "succeeded"

    principal = principal_of(acme)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        cancel_payment(principal, seen)

    assert reread(doubtful).status == "canceled"
    assert scheme.kinds() == ["pay", "query", "cancel"]
    assert balances(doubtful) == []


def test_a_refund_that_crosses_a_cancel_is_refused_and_the_cancel_gives_all_back(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    paid, said = pay(), []
    scheme.will(
        "cancel", then(lambda: said.append(refund(acme, paid, 1000, "A")), GIVEN_BACK_BY_CANCEL)
    )

    cancel(acme, paid)

    assert said == ["payment_not_succeeded"]
    assert reread(paid).status == "canceled"
    with tenant_scope(paid.acquirer_id):
        assert not Refund.objects.exists()
    assert balances(paid) == []


def test_a_cancel_that_crosses_a_refund_is_refused_and_the_rest_stays_paid(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    paid = pay()
    refusals: list[str] = []

    def try_cancel() -> None:
        try:
            cancel(acme, paid)
        except Conflict as refusal:
            refusals.append(refusal.code)

    scheme.will("refund", then(try_cancel, REFUNDED))

    assert refund(acme, paid, 1000, "A") == "refunded"

    assert refusals == ["refund_exists"]
    assert reread(paid).status == "succeeded"
    assert scheme.kinds() == ["pay", "refund"]
    assert balances(paid) == [-11050, 11050]


def test_no_connection_is_held_while_the_scheme_is_asked(
    acme: Person, pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    held: list[bool] = []

    def note() -> None:
        held.append(connection.connection is not None)

    scheme.will("pay", then(note, SILENCE))
    scheme.will("query", then(note, PAID))
    scheme.will("refund", then(note, REFUNDED))
    paid = pay()
    clock.advance(3)
    drive_payment(paid.id, acquirer_id=paid.acquirer_id)
    assert refund(acme, paid, 1000, "A") == "refunded"

    scheme.will("pay", SILENCE)
    stopped = pay(merchant_reference="T1-0043")
    scheme.will("cancel", then(note, CLOSED_BY_CANCEL))
    cancel(acme, stopped)

    assert held == [False, False, False, False]
    assert reread(stopped).status == "canceled"


def test_a_cancel_that_alipay_refuses_leaves_a_payment_that_can_be_refunded(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("cancel", CANCEL_REFUSED)
    scheme.will("refund", REFUNDED)
    paid = pay()

    cancel(acme, paid)

    assert reread(paid).status == "succeeded"
    assert refund(acme, paid, None, "A") == "refunded"
    assert balances(paid) == []
