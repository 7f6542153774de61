"""The seam for coupons and points: promised with the payment, kept or taken back with its end."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.clock import ManualClock
from kernel.errors import Conflict, FieldError
from kernel.money import Money
from ledger.models import Transaction
from ledger.selectors import list_trial_balance
from payments import reductions, timeline
from payments.models import Payment, Refund
from payments.presentation import show_payment, show_refund
from payments.reductions import Reduction
from payments.services.cancel import cancel_payment
from payments.services.drive import drive_payment
from payments.services.share import share
from payments.state import Status
from settlement.services.check_books import check_books
from tenancy.fragments import Fragment
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import (
    DECLINED,
    GIVEN_BACK_BY_CANCEL,
    PAID,
    REFUND_REFUSED,
    REFUNDED,
    SILENCE,
    FakeScheme,
)
from tests.payments.conftest import principal_of, reread
from tests.payments.services.test_refund import refund
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]


class Vouchers:
    """Takes off what it is asked to, of which the acquirer bears ``borne``; 13 is refused."""

    field = "coupon"
    borne = 0

    def read(self, payment: Payment, asked: Any) -> Any:
        return asked

    def reserve(
        self, payment: Payment, asked: Any, so_far: Sequence[Reduction]
    ) -> Sequence[Reduction]:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO voucher VALUES (%s, 'reserved')", [payment.id])
        if asked == 13:
            raise Conflict("refused", "No.", errors=(FieldError("coupon", "unlucky", "13"),))
        return [Reduction("coupon", asked, self.borne, {"voucher": asked})]

    def is_same(self, payment: Payment, asked: Any) -> bool:
        kept = [each["voucher"] for each in payment.reductions]
        return kept == ([] if asked is None else [asked])

    def end(self, payment: Payment, old: Status, new: Status) -> Sequence[Fragment]:
        return [self._note("moved", f"{old}>{new}")]

    def refund(self, payment: Payment, refund: Refund) -> Sequence[Fragment]:
        return [self._note("sums", f"refund of {refund.reduction_minor}")]

    def _note(self, source: str, word: str) -> Fragment:
        sql = "UPDATE voucher v SET said = %(voucher_said)s FROM {source} s WHERE v.id = s.id"
        return Fragment("voucher", sql.format(source=source), {"voucher_said": word})


@pytest.fixture
def vouchers(monkeypatch: pytest.MonkeyPatch) -> Vouchers:
    monkeypatch.setattr(reductions, "_reducers", {})
    made = Vouchers()
    reductions.reduce_by(made)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE voucher (id uuid PRIMARY KEY, said text)")
    return made


def said() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT said FROM voucher ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def books(person: Person) -> dict[str, int]:
    with tenant_scope(person.acquirer.id):
        return {
            line.kind: line.balance_minor
            for line in list_trial_balance(livemode=False)
            if line.balance_minor
        }


def test_alipay_is_asked_for_less_and_the_merchant_bears_it(
    acme: Person, pay: Pay, scheme: FakeScheme, vouchers: Vouchers
) -> None:
    scheme.will("pay", PAID)

    payment = pay(reductions={"coupon": 2050})

    [asked] = scheme.asked("pay")
    assert asked.amount == Money(10000, "HKD")
    shown = show_payment(payment)
    assert (shown["amount"], shown["amount_charged"]) == (12050, 10000)
    assert shown["reductions"] == [{"kind": "coupon", "amount": 2050, "voucher": 2050}]
    assert said() == ["processing>succeeded"]
    assert books(acme) == {
        "scheme_receivable": 10000,
        "merchant_payable": -10000,
        "merchant_discount": 2050,
        "merchant_discount_noted": -2050,
    }
    with platform_scope():
        assert "HKD 120.50 less HKD 20.50 (coupon)" in timeline.tell(payment)[0].text
    assert check_books(acme.acquirer).faults == 0


def test_what_the_acquirer_bears_it_owes_to_the_merchant(
    acme: Person, pay: Pay, scheme: FakeScheme, vouchers: Vouchers
) -> None:
    scheme.will("pay", PAID)
    vouchers.borne = 2000

    pay(reductions={"coupon": 2050})

    assert books(acme) == {
        "scheme_receivable": 10000,
        "merchant_payable": -12000,
        "promotion_cost": 2000,
        "merchant_discount": 50,
        "merchant_discount_noted": -50,
    }
    assert check_books(acme.acquirer).faults == 0


def test_without_a_reduction_nothing_is_asked_and_nothing_posted_beside(
    acme: Person, pay: Pay, scheme: FakeScheme, vouchers: Vouchers
) -> None:
    scheme.will("pay", PAID)

    shown = show_payment(pay())

    assert (shown["amount"], shown["amount_charged"], shown["reductions"]) == (12050, 12050, [])
    assert said() == []
    with platform_scope():
        assert [row.kind for row in Transaction.objects.all()] == ["payment.succeeded"]


@pytest.mark.parametrize("asked", [13, 12050, 99999])
def test_a_refusal_takes_back_the_promise_and_charges_nothing(
    pay: Pay, scheme: FakeScheme, vouchers: Vouchers, asked: int
) -> None:
    with pytest.raises(Conflict) as refusal:
        pay(reductions={"coupon": asked})

    assert refusal.value.code == ("refused" if asked == 13 else "nothing_left_to_charge")
    assert [fault.field for fault in refusal.value.errors] == ["coupon"]
    assert (said(), scheme.kinds()) == ([], [])
    with platform_scope():
        assert not Payment.objects.exists()


def test_one_minor_unit_is_left_to_charge_at_least(
    pay: Pay, scheme: FakeScheme, vouchers: Vouchers
) -> None:
    scheme.will("pay", PAID)

    assert pay(reductions={"coupon": 12049}).amount_minor == 1


def test_the_same_request_is_one_payment_and_another_reduction_a_conflict(
    pay: Pay, scheme: FakeScheme, vouchers: Vouchers
) -> None:
    scheme.will("pay", PAID)
    first = pay(reductions={"coupon": 2050})

    assert pay(reductions={"coupon": 2050}).id == first.id
    for other in ({}, {"coupon": 2051}, {"coupon": 13}):
        with pytest.raises(Conflict) as refusal:
            pay(reductions=other)
        assert refusal.value.code == "reference_reused"
        assert [fault.field for fault in refusal.value.errors] == ["coupon"]
    assert (scheme.kinds(), len(said())) == (["pay"], 1)


def test_what_fails_or_is_taken_back_is_told_and_booked_out(
    acme: Person, pay: Pay, scheme: FakeScheme, vouchers: Vouchers
) -> None:
    vouchers.borne = 2050
    scheme.will("pay", DECLINED)
    pay(reductions={"coupon": 2050})
    assert (said(), books(acme)) == (["processing>failed"], {})

    scheme.will("pay", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    paid = pay(reductions={"coupon": 2050}, merchant_reference="T1-0043")
    principal = principal_of(acme)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        cancel_payment(principal, paid)

    assert reread(paid).status == Status.CANCELED
    assert said()[1] == "taking_back>canceled"
    assert books(acme) == {}
    assert check_books(acme.acquirer).faults == 0


def test_nobody_answers_and_the_deadline_takes_the_promise_back(
    acme: Person, pay: Pay, scheme: FakeScheme, vouchers: Vouchers, clock: ManualClock
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("query", SILENCE)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    payment = pay(reductions={"coupon": 2050})

    for _ in range(30):
        if reread(payment).has_ended:
            break
        clock.advance(5)
        drive_payment(payment.id, acquirer_id=acme.acquirer.id)

    assert (said(), books(acme)) == (["canceling>canceled"], {})


def test_parts_of_refunds_add_up_to_the_reduction(
    acme: Person, pay: Pay, scheme: FakeScheme, vouchers: Vouchers
) -> None:
    vouchers.borne = 1000
    scheme.will("pay", PAID)
    payment = pay(reductions={"coupon": 2050})
    scheme.will("refund", REFUNDED, REFUND_REFUSED, REFUNDED)

    for minor in (3333, 3333, 3333, None):
        refund(acme, payment, minor)

    with platform_scope():
        rows = list(Refund.objects.order_by("id"))
    assert [(r.status, r.reduction_minor, r.reduction_borne_minor) for r in rows] == [
        ("succeeded", 683, 333),
        ("failed", 683, 333),
        ("succeeded", 683, 333),
        ("succeeded", 684, 334),
    ]
    assert show_refund(rows[0])["reduction"] == 683
    assert (said(), books(acme)) == (["refund of 684"], {})
    assert check_books(acme.acquirer).faults == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    total=st.integers(0, 10**9),
    charged=st.integers(1, 10**9),
    cuts=st.lists(st.tuples(st.integers(1, 10**9), st.booleans()), max_size=12),
)
def test_no_order_of_refunds_gives_back_more_than_was_taken_off(
    total: int, charged: int, cuts: list[tuple[int, bool]]
) -> None:
    left, held = charged, 0
    for cut, fails in cuts:
        if (minor := min(cut, left)) == 0:
            break
        part = share(total, charged=charged, asked=charged - left + minor, held=held)
        assert 0 <= part <= total - held
        if not fails:
            left, held = left - minor, held + part
    if left:
        held += share(total, charged=charged, asked=charged, held=held)
    assert held == total
