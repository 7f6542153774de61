"""Evidence of old payments goes, that of young ones stays, and what happened is still told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.clock import ManualClock
from payments.models import Attempt, Payment, Transition
from payments.services import forget
from payments.services.create import create_payment
from payments.timeline import tell
from tenancy import retention
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import PAID, FakeScheme
from tests.payments.conftest import order_of, principal_of
from tests.people import Person

pytestmark = pytest.mark.django_db
KEPT = timedelta(days=400).total_seconds()


def pay_as(person: Person, reference: str) -> Payment:
    with tenant_scope(person.acquirer.id, person.merchant.id):
        order = order_of(person, merchant_reference=reference)
        return create_payment(principal_of(person), order).payment


def attempts_of(payment: Payment) -> int:
    with tenant_scope(payment.acquirer_id):
        return Attempt.objects.filter(payment=payment).count()


def test_old_evidence_of_every_acquirer_goes_and_young_evidence_stays(
    acme: Person, outsider: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID, PAID, PAID, PAID)
    old = [pay_as(acme, "old"), pay_as(outsider, "old")]
    clock.advance(1)
    young = [pay_as(acme, "young"), pay_as(outsider, "young")]

    clock.advance(KEPT - 1)
    assert forget.forget_old() == 0
    clock.advance(0.001)
    assert forget.forget_old() == 2

    assert [attempts_of(payment) for payment in old + young] == [0, 0, 1, 1]


def test_what_happened_is_told_when_its_evidence_has_gone(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    payment = pay_as(acme, "T-1")
    clock.advance(KEPT + 1)

    forget.forget_old()

    with tenant_scope(acme.acquirer.id):
        step = Transition.objects.get(payment=payment)
        kinds = {moment.kind for moment in tell(Payment.objects.get(id=payment.id))}
    assert (step.from_status, step.to_status, step.attempt_id) == (
        "processing",
        "succeeded",
        None,
    )
    assert kinds >= {"created", "transition"}
    assert "attempt" not in kinds


def test_the_history_itself_still_cannot_be_edited(acme: Person, scheme: FakeScheme) -> None:
    scheme.will("pay", PAID)
    payment = pay_as(acme, "T-1")

    for statement in (
        "UPDATE payments_transition SET attempt_id = NULL",
        "DELETE FROM payments_transition",
    ):
        with (
            platform_scope(),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    with tenant_scope(acme.acquirer.id):
        assert Transition.objects.get(payment=payment).attempt_id is not None


def test_a_run_that_was_cut_off_goes_on_where_it_was(
    acme: Person, scheme: FakeScheme, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    monkeypatch.setattr(retention, "BATCHES_LIMIT", 1)
    scheme.will("pay", *[PAID] * 3)
    payments = [pay_as(acme, f"T-{number}") for number in range(3)]
    clock.advance(KEPT + 1)

    assert retention.forget_old("payments_attempt") == 2
    assert [attempts_of(payment) for payment in payments] == [0, 0, 1]
    assert retention.forget_old("payments_attempt") == 1
