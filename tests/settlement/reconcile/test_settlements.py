"""The transaction files against the settlement file: settled once, at the price that was said."""

from datetime import date, timedelta
from typing import Any

import pytest

from settlement.state import Way
from tests.settlement.reconcile.conftest import DAY, NOON, SETTLED, Books

pytestmark = pytest.mark.django_db

NEXT, LATER = DAY + timedelta(days=1), SETTLED + timedelta(days=1)
NEXT_NOON = NOON + timedelta(days=1)


def compare(books: Books, day: date = SETTLED) -> Any:
    return books.compare(Way.SETTLEMENT, day)


def test_what_is_settled_as_it_was_traded_is_silent(books: Books) -> None:
    sale, refund = books.row(books.pay(12_050)), books.row(books.refund(books.pay(900), 100))
    paid = books.row(books.pay(900))
    books.transactions(sale, paid, refund)
    books.settlements(sale, paid, refund)

    assert compare(books).found == 0


@pytest.mark.parametrize(
    ("changes", "kind", "at_risk"),
    [
        ({"amount": 12_000}, "amount", 50),
        ({"fee": 75}, "fee", 3),
        ({"currency": "USD"}, "currency", 12_050),
    ],
)
def test_another_price_is_a_break(
    books: Books, changes: dict[str, Any], kind: str, at_risk: int
) -> None:
    payment = books.pay(12_050)
    sale = books.row(payment)
    books.transactions(sale)
    books.settlements(sale | changes)
    compare(books)
    assert books.breaks() == [(kind, f"P {sale['scheme_id']}", at_risk)]


def test_traded_and_not_settled_settled_and_not_traded_and_settled_twice(books: Books) -> None:
    first, second, third = (books.row(books.pay(minor)) for minor in (100, 200, 300))
    books.transactions(first, third)
    books.settlements(second, third, third)
    compare(books)
    assert books.breaks() == [
        ("duplicate", f"P {third['scheme_id']}", 300),
        ("missing_at_them", f"P {first['scheme_id']}", 100),
        ("missing_at_us", f"P {second['scheme_id']}", 200),
    ]


def test_a_cancelled_trade_may_be_settled_with_both_rows_or_with_neither(books: Books) -> None:
    undone = books.pay(300, status="canceled")
    paid, back = books.row(undone, is_cancelled=True), books.row(undone, "CANCEL")
    sale = books.row(books.pay(100))
    books.transactions(sale, paid, back)

    books.settlements(sale)
    compare(books)
    assert books.breaks() == []

    books.settlements(sale, paid, back)
    compare(books)
    assert books.breaks() == []

    books.settlements(sale, paid)
    compare(books)
    assert books.breaks() == [("missing_at_them", f"C {back['scheme_id']}", 300)]


def test_days_that_are_settled_together_are_compared_together(books: Books) -> None:
    """Friday to Sunday on Monday: one file for several days."""
    first, second = books.row(books.pay(100)), books.row(books.pay(200, at=NEXT_NOON))
    books.transactions(first)
    books.transactions(second, day=NEXT)
    books.settlements(first, second, day=LATER)
    assert compare(books, LATER).found == 0


def test_what_was_not_settled_and_comes_with_the_next_days_is_late_and_mended(
    books: Books,
) -> None:
    first, late = books.row(books.pay(100)), books.row(books.pay(150))
    second = books.row(books.pay(200, at=NEXT_NOON))
    books.transactions(first, late)
    books.settlements(first)
    compare(books)
    assert books.breaks() == [("missing_at_them", f"P {late['scheme_id']}", 150)]

    books.transactions(second, day=NEXT)
    books.settlements(late, second, day=LATER)
    compare(books, LATER)
    compare(books)

    assert books.breaks() == []
    assert [kind for kind, *_ in books.breaks("mended")] == ["late", "missing_at_them"]


def test_a_day_whose_transactions_have_not_come_is_not_judged(books: Books) -> None:
    books.settlements(books.row(books.pay(100)))
    assert compare(books).found == 0
