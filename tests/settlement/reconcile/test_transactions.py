"""Our payments against the scheme's file: what agrees is silent, what differs is a break."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kernel.errors import Conflict, NotFound
from settlement.models import Break, Run, SchemeFile
from settlement.services.reconcile import _HOLD, reconcile
from settlement.state import Way
from tenancy.scope import tenant_scope
from tests.people import Person
from tests.settlement.deaths import another_session
from tests.settlement.reconcile.conftest import DAY, NOON, Books

pytestmark = pytest.mark.django_db

NEXT = DAY + timedelta(days=1)
NEXT_NOON = NOON + timedelta(days=1)


def test_a_day_that_agrees_has_no_break(books: Books) -> None:
    sale = books.pay(12_050)
    refunded = books.pay(5_000)
    refund = books.refund(refunded, 1_050)
    undone = books.pay(300, status="canceled")
    books.pay(400, status="failed")
    books.transactions(
        books.row(sale), books.row(refunded), books.row(refund), books.row(undone),
        books.row(undone, "CANCEL"),
    )  # fmt: skip

    done = books.compare()

    assert (done.found, books.breaks()) == (0, [])
    assert (done.run.rows, done.run.lease_until) == (5, None)


DIFFERENT: list[tuple[dict[str, Any], str, int]] = [
    ({"amount": 12_051, "fee": 72}, "amount", 1),
    ({"currency": "USD"}, "currency", 12_050),
    ({"kind": "CANCEL"}, "status", 12_050),
    ({"fee": 73}, "fee", 1),
    ({"merchant": "Somebody Else"}, "merchant", 12_050),
    ({"own_id": "EXTRA1"}, "missing_at_us", 12_050),
]


@pytest.mark.parametrize(("changes", "kind", "at_risk"), DIFFERENT)
def test_a_row_that_differs_is_one_break_of_its_kind(
    books: Books, changes: dict[str, Any], kind: str, at_risk: int
) -> None:
    sale, other = books.pay(12_050), books.pay(700)
    extra = [books.row(sale)] if "own_id" in changes else []
    books.transactions(books.row(sale, **changes), books.row(other), *extra)

    books.compare()

    [found] = books.breaks()
    assert (found[0], found[2]) == (kind, at_risk)


def test_what_they_have_not_is_missing_at_them(books: Books) -> None:
    sale, refund = books.pay(12_050), books.refund(books.pay(900), 100)
    books.transactions(books.row(refund.payment))

    books.compare()

    assert books.breaks() == [
        ("missing_at_them", f"PAYMENT {sale.partner_trans_id}", 12_050),
        ("missing_at_them", f"REFUND {refund.partner_refund_id}", 100),
    ]


def test_the_same_row_twice_is_a_duplicate(books: Books) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale), books.row(sale))
    books.compare()
    assert books.breaks() == [("duplicate", f"PAYMENT {sale.partner_trans_id}", 12_050)]


@pytest.mark.parametrize("status", ["failed", "canceled", "processing"])
def test_paid_at_them_and_not_at_us_is_a_break_of_status_and_alipay_is_asked(
    books: Books, status: str, clock: Any
) -> None:
    sale = books.pay(12_050, status=status)
    books.transactions(books.row(sale))

    books.compare()

    assert books.breaks() == [("status", f"PAYMENT {sale.partner_trans_id}", 12_050)]
    assert books.reload(sale).due_at == clock.now()  # law 5: the driver asks, and mends
    with tenant_scope(books.person.acquirer.id):
        assert Break.objects.get().asked_at == clock.now()


def test_a_payment_undone_after_midnight_waits_for_the_next_days_file(books: Books) -> None:
    undone = books.pay(300, status="canceled", at=NOON)
    undone.completed_at = NEXT_NOON
    books.save(undone)
    books.transactions(books.row(undone, at=NOON))
    books.compare()
    assert books.breaks() == []

    books.transactions(books.row(undone, "CANCEL", at=NEXT_NOON), day=NEXT)
    books.compare()
    assert books.breaks() == []

    books.transactions(day=NEXT)  # corrected: they know nothing of a cancel
    books.compare()
    assert books.breaks() == [("status", f"PAYMENT {undone.partner_trans_id}", 300)]


def test_a_reversal_by_refund_undoes_a_canceled_payment(books: Books) -> None:
    undone = books.pay(300, status="canceled")
    back = books.row(undone, "REFUND", own_id=f"rev{undone.partner_trans_id}")
    books.transactions(books.row(undone), back)
    books.compare()
    assert books.breaks() == []


def test_a_row_that_comes_late_mends_the_break_of_its_day_and_says_so(books: Books) -> None:
    sale = books.pay(12_050)
    books.transactions()
    books.compare()
    assert books.breaks() == [("missing_at_them", f"PAYMENT {sale.partner_trans_id}", 12_050)]

    books.transactions(books.row(sale), day=NEXT)
    books.compare(day=NEXT)
    again = books.compare()

    assert again.mended == 1
    assert books.breaks() == []
    assert books.breaks("mended") == [
        ("late", f"PAYMENT {sale.partner_trans_id}", 12_050),
        ("missing_at_them", f"PAYMENT {sale.partner_trans_id}", 12_050),
    ]


def test_running_a_day_twice_changes_nothing(books: Books) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale, amount=12_051))
    first = books.compare()
    with tenant_scope(books.person.acquirer.id):
        before = list(Break.objects.values())
    second = books.compare()

    assert (first.opened, second.opened, second.mended, second.found) == (1, 0, 0, 1)
    with tenant_scope(books.person.acquirer.id):
        assert list(Break.objects.values()) == before
        assert Run.objects.count() == 1


def test_a_break_that_a_person_closed_stays_closed(books: Books) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale, amount=12_051))
    books.compare()
    with tenant_scope(books.person.acquirer.id):
        Break.objects.update(state="resolved", ended_at=NOON, outcome="known")
    books.compare()
    assert books.breaks() == []
    assert len(books.breaks("resolved")) == 1


def test_a_corrected_file_supersedes_and_mends(books: Books) -> None:
    sale = books.pay(12_050)
    wrong = books.transactions(books.row(sale, amount=1))
    books.compare()
    right = books.transactions(books.row(sale))
    books.compare()

    assert (books.reload(wrong).state, right.state, books.breaks()) == ("superseded", "loaded", [])


def test_a_merchant_that_was_renamed_is_not_somebody_else(books: Books) -> None:
    sale = books.pay(12_050)
    row = books.row(sale)
    merchant = books.person.merchant
    with tenant_scope(books.person.acquirer.id):
        merchant.display_name = "Quite Another House"
        merchant.save()
    books.transactions(row)
    books.compare()
    assert books.breaks() == []


def test_each_acquirer_has_its_own_breaks(books: Books, outsider: Person) -> None:
    theirs = Books(outsider)
    books.transactions(books.row(books.pay(100), amount=101))
    theirs.transactions(theirs.row(theirs.pay(200), amount=202))

    books.compare()
    theirs.compare()

    assert [row[2] for row in books.breaks()] == [1]
    assert [row[2] for row in theirs.breaks()] == [2]


def test_a_day_without_its_file_or_with_another_worker_is_not_compared(
    books: Books, monkeypatch: Any
) -> None:
    account = books.person.partner_account
    with tenant_scope(books.person.acquirer.id):
        with pytest.raises(NotFound, match="transaction file of 2026-11-18 is not loaded"):
            reconcile(account, Way.TRANSACTIONS, DAY)
        books.transactions()
        monkeypatch.setattr("settlement.services.reconcile.WAIT_MS", 1)
        with another_session() as session:
            session.execute(_HOLD, [f"{account.id} transactions {DAY}"])
            with pytest.raises(Conflict, match="by another worker"):
                reconcile(account, Way.TRANSACTIONS, DAY)
        assert reconcile(account, Way.TRANSACTIONS, DAY).found == 0


def test_midnight_is_beijings(books: Books) -> None:
    last = books.pay(100, at=datetime(2026, 11, 18, 15, 59, 59, tzinfo=UTC))
    books.pay(200, at=datetime(2026, 11, 18, 16, tzinfo=UTC))
    books.transactions()
    books.compare()
    assert books.breaks() == [("missing_at_them", f"PAYMENT {last.partner_trans_id}", 100)]


def test_the_same_file_again_is_no_second_file(books: Books) -> None:
    sale = books.pay(12_050)
    first = books.transactions(books.row(sale))
    second = books.transactions(books.row(sale))
    with tenant_scope(books.person.acquirer.id):
        assert (second.pk, SchemeFile.objects.count(), first.rows.count()) == (first.pk, 1, 1)


def test_a_malformed_file_is_kept_refused_and_loads_nothing(books: Books) -> None:
    row = books.row(books.pay(12_050))
    partner = books.person.partner_account.partner_id
    good = books.transactions(row)
    lines = [f"Partner:{partner}|Payment_time: {DAY}|Total_count:1", "Partner_transaction_id|x"]
    bad = books.take(f"{partner}_transaction_{DAY:%Y%m%d}.txt", lines)

    assert (bad.state, bad.refused_line, bad.refused_column) == ("refused", 2, "Transaction_id")
    with tenant_scope(books.person.acquirer.id):
        assert (books.reload(good).state, bad.rows.count()) == ("loaded", 0)
