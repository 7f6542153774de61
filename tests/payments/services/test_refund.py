"""Refunds: never above what was paid, the same id at every repeat, the books moved once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from api.idempotency import RequestKey
from events.models import Event
from kernel import ids
from kernel.clock import ManualClock
from kernel.errors import Conflict
from ledger.selectors import list_trial_balance
from merchants.authentication import Principal
from merchants.models import PartnerAccount
from payments.models import Payment, Refund
from payments.services.drive_refund import claim_refund, drive_refund
from payments.services.refund import RefundOpening, RefundOrder, create_refund
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import (
    PAID,
    REFUND_RECORDED,
    REFUND_REFUSED,
    REFUNDED,
    SILENCE,
    FakeScheme,
)
from tests.payments.conftest import key_of, principal_of, reread
from tests.people import Person
from tests.racing import at_once

Pay = Callable[..., Payment]


@pytest.fixture
def paid(pay: Pay, scheme: FakeScheme) -> Payment:
    """A payment of 120.50 HKD."""
    scheme.will("pay", PAID)
    return pay()


def refund(
    person: Person,
    payment: Payment,
    amount: int | None = None,
    *,
    reference: str | None = None,
    key: RequestKey | None = None,
) -> RefundOpening:
    principal = principal_of(person)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        return create_refund(principal, payment.id, RefundOrder(amount, reference, None, key))


def reread_refund(opening: RefundOpening) -> Refund:
    with platform_scope():
        return Refund.objects.select_related("payment").get(id=opening.refund.id)


def drive_until_nothing_is_due(row: Refund, clock: ManualClock, limit: int = 100) -> Refund:
    for _ in range(limit):
        with platform_scope():
            row = Refund.objects.get(id=row.id)
        if row.due_at is None:
            return row
        clock.advance(max(0.0, (row.due_at - clock.now()).total_seconds()))
        drive_refund(row.id, acquirer_id=row.acquirer_id)
    raise AssertionError("still due")


@pytest.mark.django_db
def test_a_part_and_then_the_rest_leave_nothing(
    acme: Person, paid: Payment, scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUNDED)

    part, rest = refund(acme, paid, 5000), refund(acme, paid)

    assert [reread_refund(each).status for each in (part, rest)] == ["succeeded", "succeeded"]
    assert rest.refund.amount_minor == 7050
    payment = reread(paid)
    assert (payment.refunded_minor, payment.refund_reserved_minor) == (12050, 12050)
    assert payment.status == "succeeded"
    with tenant_scope(acme.acquirer.id):
        assert {line.balance_minor for line in list_trial_balance(livemode=False)} == {0}
        assert list(Event.objects.order_by("id").values_list("type", flat=True)) == [
            "payment.succeeded", "refund.succeeded", "refund.succeeded",
        ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "amount", "code"),
    [
        ([], 12051, "refund_exceeds_payment"),
        ([12000], 51, "refund_exceeds_payment"),
        ([12050], None, "nothing_left_to_refund"),
    ],
)
def test_more_than_is_left_is_refused_and_nothing_moves(
    acme: Person,
    paid: Payment,
    scheme: FakeScheme,
    before: list[int],
    amount: int | None,
    code: str,
) -> None:
    scheme.will("refund", REFUNDED)
    for each in before:
        refund(acme, paid, each)

    with pytest.raises(Conflict, match=code):
        refund(acme, paid, amount)

    assert reread(paid).refund_reserved_minor == sum(before)
    assert len(scheme.asked("refund")) == len(before)


@pytest.mark.django_db
def test_after_the_contracts_days_alipay_is_not_asked_any_more(
    acme: Person, paid: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("refund", REFUNDED)
    clock.advance(timedelta(days=365, seconds=-1).total_seconds())
    refund(acme, paid, 50)
    clock.advance(1)

    with pytest.raises(Conflict, match="refund_window_closed"):
        refund(acme, paid, 50)

    assert reread(paid).refund_reserved_minor == 50
    assert len(scheme.asked("refund")) == 1


@pytest.mark.django_db
def test_a_payment_in_doubt_cannot_be_refunded(acme: Person, pay: Pay, scheme: FakeScheme) -> None:
    scheme.will("pay", SILENCE)
    payment = pay()

    with pytest.raises(Conflict, match="payment_not_succeeded"):
        refund(acme, payment, 50)

    with platform_scope():
        assert not Refund.objects.exists()


@pytest.mark.django_db
def test_a_refund_in_doubt_is_repeated_under_the_same_id_until_alipay_answers(
    acme: Person, paid: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("refund", SILENCE, SILENCE, SILENCE, REFUNDED)

    opening = refund(acme, paid, 50)
    assert reread_refund(opening).status == "processing"
    assert reread(paid).refunded_minor == 0
    row = drive_until_nothing_is_due(opening.refund, clock)

    assert row.status == "succeeded"
    assert {each.partner_refund_id for each in scheme.asked("refund")} == {row.partner_refund_id}
    assert len(scheme.asked("refund")) == 4
    assert reread(paid).refunded_minor == 50


@pytest.mark.django_db
def test_a_refused_refund_frees_what_it_had_reserved(
    acme: Person, paid: Payment, scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUND_REFUSED)

    row = reread_refund(refund(acme, paid))

    assert (row.status, row.failure_code) == ("failed", "refund_amount_exceeded")
    payment = reread(paid)
    assert (payment.refunded_minor, payment.refund_reserved_minor) == (0, 0)
    with tenant_scope(acme.acquirer.id):
        assert sorted(line.balance_minor for line in list_trial_balance(livemode=False)) == [
            -12050,
            12050,
        ]


@pytest.mark.django_db
def test_the_same_reference_is_the_same_refund_and_other_content_a_conflict(
    acme: Person, paid: Payment, scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUNDED)
    first = refund(acme, paid, 50, reference="R1")

    again = refund(acme, paid, 50, reference="R1")
    with pytest.raises(Conflict, match="reference_reused") as refusal:
        refund(acme, paid, 51, reference="R1")

    assert again.is_replay
    assert again.refund.id == first.refund.id
    assert [fault.field for fault in refusal.value.errors] == ["amount"]
    assert reread(paid).refund_reserved_minor == 50


@pytest.mark.django_db
def test_the_same_idempotency_key_is_the_same_refund(
    acme: Person, paid: Payment, scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUNDED)

    first, again = (refund(acme, paid, 50, key=key_of(acme)) for _ in range(2))

    assert (first.is_replay, again.is_replay) == (False, True)
    assert len(scheme.asked("refund")) == 1


# 00:00 to 01:30 in Beijing is 16:00 to 17:30 UTC (reference §3.4).
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "is_synchronous"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 16, 0, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 17, 29, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 17, 30, 0, tzinfo=UTC), True),
    ],
)
def test_at_night_alipay_is_asked_to_take_note_instead(
    acme: Person,
    paid: Payment,
    scheme: FakeScheme,
    clock: ManualClock,
    now: datetime,
    is_synchronous: bool,
) -> None:
    scheme.will("refund", SILENCE)
    clock.advance((now - clock.now()).total_seconds())

    refund(acme, paid, 50)

    assert scheme.asked("refund")[0].is_synchronous is is_synchronous


@pytest.mark.django_db
def test_an_account_whose_refunds_wait_has_them_noted_down_at_any_hour(
    acme: Person, paid: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    with tenant_scope(acme.acquirer.id):
        PartnerAccount.objects.filter(id=acme.partner_account.id).update(
            refunds_at_once=False, updated_at=clock.now()
        )
    scheme.will("refund", REFUND_RECORDED)
    scheme.will("refund_query", REFUNDED)

    row = drive_until_nothing_is_due(refund(acme, paid, 50).refund, clock)

    assert [asked.is_synchronous for asked in scheme.asked("refund")] == [False]
    assert row.status == "succeeded"


@pytest.mark.django_db
def test_a_recorded_refund_is_asked_about_until_it_is_given_back(
    acme: Person, paid: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("refund", REFUND_RECORDED)
    scheme.will("refund_query", REFUND_RECORDED, REFUNDED)

    opening = refund(acme, paid, 50)
    row = drive_until_nothing_is_due(opening.refund, clock)

    assert row.status == "succeeded"
    assert scheme.kinds() == ["pay", "refund", "refund_query", "refund_query"]


@pytest.mark.django_db
def test_a_worker_that_died_with_a_refund_is_replaced_when_its_lease_ends(
    acme: Person, paid: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("refund", SILENCE, REFUNDED)
    row = reread_refund(refund(acme, paid, 50))
    clock.advance(3)
    with tenant_scope(row.acquirer_id):
        assert claim_refund(row.id, ids.new_uuid()) is not None

    drive_refund(row.id, acquirer_id=row.acquirer_id)
    assert len(scheme.asked("refund")) == 1
    clock.advance(timedelta(seconds=9).total_seconds())
    drive_refund(row.id, acquirer_id=row.acquirer_id)

    with platform_scope():
        assert Refund.objects.get().status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_forty_refunds_at_once_never_exceed_the_payment(
    acme: Person, paid: Payment, scheme: FakeScheme
) -> None:
    scheme.will("refund", REFUNDED)
    principal: Principal = principal_of(acme)

    def ask(number: int) -> list[bool]:
        return [_try_refund(principal, paid, f"{number}-{turn}") for turn in range(5)]

    outcomes = list(chain.from_iterable(at_once(8, ask)))

    payment = reread(paid)
    assert outcomes.count(True) == 12  # 12 times 1000 of 12050
    assert outcomes.count(False) == 28
    assert (payment.refunded_minor, payment.refund_reserved_minor) == (12000, 12000)
    with tenant_scope(payment.acquirer_id):
        assert Refund.objects.filter(status="succeeded").count() == 12
        assert sorted(line.balance_minor for line in list_trial_balance(livemode=False)) == [
            -50,
            50,
        ]


def _try_refund(principal: Principal, payment: Payment, reference: str) -> bool:
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        try:
            create_refund(principal, payment.id, RefundOrder(1000, reference, None))
        except Conflict:
            return False
    return True
