"""Creating a payment: committed first, once, and only where the merchant may sell."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from connectors.base import Outcome
from events.models import Event
from kernel.clock import ManualClock
from kernel.errors import Conflict, Forbidden, Rejected, Unavailable
from kernel.money import Money
from ledger.models import Entry
from ledger.models import Transaction as Booked
from merchants.state import Status as Standing
from payments.models import Attempt, Payment, Transition
from payments.services import carry
from payments.services.create import create_payment
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import DECLINED, PAID, SILENCE, FakeScheme
from tests.payments.conftest import CODE, key_of, order_of, principal_of
from tests.people import Person
from tests.racing import at_once

Pay = Callable[..., Payment]


def nothing_was_written() -> bool:
    with platform_scope():
        return not (Payment.objects.exists() or Attempt.objects.exists() or Event.objects.exists())


@pytest.mark.django_db
def test_a_paid_code_is_succeeded_with_what_the_scheme_said(pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("pay", PAID)

    payment = pay()

    assert payment.status == "succeeded"
    assert payment.due_at is None
    assert payment.scheme_transaction_id == "2026112222001400990000000042"
    assert (payment.payer_amount_minor, payment.payer_currency) == (10870, "CNY")
    assert payment.completed_at == payment.created_at


@pytest.mark.django_db
def test_the_row_and_its_id_are_there_before_the_scheme_hears(
    pay: Pay, scheme: FakeScheme, acme: Person
) -> None:
    seen: list[tuple[Any, ...]] = []

    def look() -> Outcome:
        with connection.cursor() as cursor:
            cursor.execute("SELECT status, partner_trans_id FROM payments_payment")
            seen.extend(cursor.fetchall())
        return PAID

    scheme.will("pay", look)
    payment = pay()

    assert seen == [("processing", payment.partner_trans_id)]
    assert scheme.asked("pay")[0].partner_trans_id == payment.partner_trans_id


@pytest.mark.django_db
def test_the_scheme_is_told_the_place_of_sale(pay: Pay, scheme: FakeScheme, acme: Person) -> None:
    scheme.will("pay", PAID)

    pay(terminal_id=acme.terminal.id)

    request = scheme.asked("pay")[0]
    assert request.payment_code == CODE
    assert request.amount == Money(12050, "HKD")
    assert request.merchant_id == acme.merchant.scheme_merchant_id
    assert request.store_id == acme.store.scheme_store_id
    assert request.terminal_id == acme.terminal.scheme_terminal_id
    assert request.title == acme.store.name


@pytest.mark.django_db
def test_a_code_is_never_stored(pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("pay", PAID)

    payment = pay()

    assert payment.payment_code_masked == "2812••••••••••••56"
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM payments_payment p")
        assert CODE not in cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_success_leaves_one_event_one_transition_and_balanced_books(
    pay: Pay, scheme: FakeScheme, acme: Person
) -> None:
    scheme.will("pay", PAID)

    payment = pay()

    with platform_scope():
        event = Event.objects.get()
        transition = Transition.objects.get()
        entries = list(
            Entry.objects.order_by("amount_minor").values_list(
                "account__kind", "amount_minor", "currency"
            )
        )
        assert Booked.objects.get().cause_id == payment.id
    assert event.type == "payment.succeeded"
    assert event.payload["id"] == payment.public_id
    assert event.payload["status"] == "succeeded"
    assert (transition.from_status, transition.event, transition.to_status) == (
        "processing", "paid", "succeeded",
    )  # fmt: skip
    assert entries == [("merchant_payable", -12050, "HKD"), ("scheme_receivable", 12050, "HKD")]


@pytest.mark.django_db
def test_a_declined_code_is_failed_and_books_nothing(pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("pay", DECLINED)

    payment = pay()

    assert payment.status == "failed"
    assert payment.failure_code == "payment_code_expired"
    assert payment.scheme_code == "SOUNDWAVE_PARSER_FAIL"
    assert payment.due_at is None
    with platform_scope():
        assert list(Event.objects.values_list("type", flat=True)) == ["payment.failed"]
        assert not Entry.objects.exists()


@pytest.mark.django_db
def test_silence_leaves_the_payment_in_doubt_and_due_after_the_interval(
    pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)

    payment = pay()

    assert payment.status == "processing"
    assert payment.due_at == payment.created_at + timedelta(seconds=3)
    assert payment.expires_at == payment.created_at + timedelta(seconds=30)
    with platform_scope():
        attempt = Attempt.objects.get()
        assert (attempt.kind, attempt.result) == ("pay", "unknown")
        assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_process_that_dies_before_the_call_leaves_a_row_that_is_due_in_five_seconds(
    acme: Person, scheme: FakeScheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carry, "in_background", lambda work: carry.give_place_back())
    principal = principal_of(acme)

    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        payment = create_payment(principal, order_of(acme)).payment

    assert payment.status == "processing"
    assert payment.due_at == payment.created_at + timedelta(seconds=5)
    assert scheme.calls == []


@pytest.mark.django_db
def test_the_same_request_again_is_the_same_payment_and_one_call(
    acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    principal = principal_of(acme)

    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        first = create_payment(principal, order_of(acme))
        again = create_payment(principal, order_of(acme))

    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.payment.id == first.payment.id
    assert scheme.kinds() == ["pay"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("amount", {"amount": Money(12051, "HKD")}),
        ("payment_code", {"payment_code": "281234567890123457"}),
        ("description", {"description": "Tea"}),
        ("metadata", {"metadata": {"till": "2"}}),
        ("items", {"items": [{"name": "Tea", "quantity": 1, "unit_amount": 12050}]}),
        ("timeout_seconds", {"timeout_seconds": 60}),
    ],
)
def test_the_same_reference_with_other_content_is_a_conflict_that_names_the_field(
    acme: Person, scheme: FakeScheme, field: str, changes: dict[str, Any]
) -> None:
    scheme.will("pay", PAID)
    principal = principal_of(acme)

    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        create_payment(principal, order_of(acme))
        with pytest.raises(Conflict) as refusal:
            create_payment(principal, order_of(acme, **changes))
        kept = Payment.objects.get()

    assert refusal.value.code == "reference_reused"
    assert [fault.field for fault in refusal.value.errors] == [field]
    assert kept.amount == Money(12050, "HKD")
    assert scheme.kinds() == ["pay"]


@pytest.mark.django_db
def test_an_idempotency_key_with_another_reference_is_a_conflict(
    acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    principal = principal_of(acme)

    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        create_payment(principal, order_of(acme, idempotency_key=key_of(acme)))
        with pytest.raises(Conflict, match="idempotency_key_reused"):
            create_payment(
                principal,
                order_of(acme, idempotency_key=key_of(acme, said="x"), merchant_reference="other"),
            )
        assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_two_merchants_may_use_the_same_reference(
    pay: Pay, acme: Person, rival: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    principal = principal_of(rival)

    ours = pay()
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        theirs = create_payment(principal, order_of(rival))

    assert not theirs.is_replay
    assert theirs.payment.id != ours.id


@pytest.mark.django_db
def test_another_merchants_store_is_unknown_and_nothing_is_written(
    pay: Pay, rival: Person, scheme: FakeScheme
) -> None:
    with pytest.raises(Rejected) as refusal:
        pay(store_id=rival.store.id)

    assert [(fault.field, fault.code) for fault in refusal.value.errors] == [("store", "unknown")]
    assert nothing_was_written()
    assert scheme.calls == []


@pytest.mark.django_db
def test_a_terminal_of_another_store_is_unknown(pay: Pay, rival: Person) -> None:
    with pytest.raises(Rejected) as refusal:
        pay(terminal_id=rival.terminal.id)

    assert [fault.field for fault in refusal.value.errors] == ["terminal"]
    assert nothing_was_written()


@pytest.mark.django_db
def test_a_suspended_store_takes_no_payments(pay: Pay, acme: Person, scheme: FakeScheme) -> None:
    with tenant_scope(acme.acquirer.id):
        acme.store.status = Standing.SUSPENDED
        acme.store.save()

    with pytest.raises(Forbidden, match="merchant_not_active"):
        pay()

    assert nothing_was_written()
    assert scheme.calls == []


@pytest.mark.django_db
def test_a_currency_that_the_contract_lacks_is_refused(pay: Pay, scheme: FakeScheme) -> None:
    with pytest.raises(Rejected) as refusal:
        pay(amount=Money(100, "USD"))

    assert refusal.value.errors[0].code == "currency_not_enabled"
    assert nothing_was_written()


@pytest.mark.django_db
def test_a_process_that_carries_all_it_may_refuses_before_anything_is_written(
    pay: Pay, scheme: FakeScheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carry._places, "acquire", lambda blocking: False)

    with pytest.raises(Unavailable, match="too_busy"):
        pay()

    assert nothing_was_written()
    assert scheme.calls == []


@pytest.mark.django_db
def test_every_place_is_given_back(pay: Pay, scheme: FakeScheme, clock: ManualClock) -> None:
    scheme.will("pay", PAID, DECLINED, SILENCE)
    before = carry._places._value

    for number in range(3):
        pay(merchant_reference=f"R{number}")

    assert carry._places._value == before


@pytest.mark.django_db(transaction=True)
def test_the_same_payment_request_at_the_same_instant_is_one_payment_and_one_call(
    acme: Person, scheme: FakeScheme
) -> None:
    principal = principal_of(acme)
    scheme.will("pay", PAID)

    def ask(_: int) -> UUID:
        with tenant_scope(principal.acquirer_id, principal.merchant_id):
            return create_payment(principal, order_of(acme)).payment.id

    found = at_once(6, ask)

    assert len(set(found)) == 1
    assert scheme.kinds() == ["pay"]


@pytest.mark.django_db
def test_while_the_scheme_cannot_be_reached_nothing_is_begun(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.is_reachable = False

    answer = acme.client().post(
        "/v1/payments",
        {
            "amount": 12050, "currency": "HKD", "payment_code": CODE,
            "merchant_reference": "T1-0042", "store": acme.store.public_id,
        },
        format="json",
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (503, "scheme_unavailable")
    assert answer["Retry-After"] == "2"
    assert nothing_was_written()
    assert scheme.calls == []


@pytest.mark.django_db
def test_a_payment_that_is_there_is_answered_while_the_scheme_cannot_be_reached(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    first = pay()
    scheme.is_reachable = False

    again = pay()

    assert again.id == first.id
    assert scheme.kinds() == ["pay"]
