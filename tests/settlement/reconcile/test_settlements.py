"""The transaction files against the settlement file: settled once, at the price that was said."""

from datetime import date, timedelta
from typing import Any

import pytest

from settlement.matching import settlements
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
        ({"own_id": "pay01somebodyelse"}, "scheme_id", 12_050),
        ({"merchant": "Somebody Else"}, "merchant", 12_050),
        ({"at": NOON - timedelta(days=1)}, "time", 12_050),
        ({"at": NOON - timedelta(minutes=6)}, "time", 12_050),
    ],
)
def test_a_row_that_says_something_else_is_a_break(
    books: Books, changes: dict[str, Any], kind: str, at_risk: int
) -> None:
    payment = books.pay(12_050)
    sale, other = books.row(payment), books.row(books.pay(700))
    books.transactions(sale, other)
    books.settlements(sale | changes, other)
    compare(books)
    assert compare(books).opened == 0
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


@pytest.mark.parametrize(
    ("settled", "open_breaks"),
    [((), []), (("paid", "back"), []), (("paid",), ["C"]), (("back",), ["P"])],
)
def test_a_trade_cancelled_after_midnight_is_settled_with_both_rows_or_with_neither(
    books: Books, settled: tuple[str, ...], open_breaks: list[str]
) -> None:
    undone = books.pay(300, status="canceled")
    paid, back = books.row(undone, is_cancelled=True), books.row(undone, "CANCEL", at=NEXT_NOON)
    sale, later = books.row(books.pay(100)), books.row(books.pay(5, at=NEXT_NOON))
    books.transactions(sale, paid)
    books.settlements(sale, *([paid] if "paid" in settled else []))
    compare(books)
    books.transactions(later, back, day=NEXT)
    books.settlements(later, *([back] if "back" in settled else []), day=LATER)

    compare(books, LATER)
    compare(books)

    assert books.breaks() == [
        ("missing_at_them", f"{side} {paid['scheme_id']}", 300) for side in open_breaks
    ]


def test_another_refund_of_the_trade_does_not_excuse_one_that_is_missing(books: Books) -> None:
    payment = books.pay(12_050)
    sale, first = books.row(payment), books.row(books.refund(payment, 1_000))
    second, later = (
        books.row(books.refund(payment, 2_000, at=NEXT_NOON)),
        books.row(books.pay(5, at=NEXT_NOON)),
    )
    books.transactions(sale, first)
    books.settlements(sale, first)
    books.transactions(second, later, day=NEXT)
    books.settlements(later, day=LATER)

    compare(books)
    compare(books, LATER)

    assert books.breaks() == [("missing_at_them", f"R {second['own_id']}", 2_000)]


def test_what_was_settled_already_is_a_duplicate_and_not_late(books: Books) -> None:
    sale, later = books.row(books.pay(12_050)), books.row(books.pay(5, at=NEXT_NOON))
    books.transactions(sale)
    books.settlements(sale)
    books.transactions(later, day=NEXT)
    books.settlements(later, sale, day=LATER)

    compare(books)
    compare(books, LATER)
    compare(books)

    assert books.breaks() == [("duplicate", f"P {sale['scheme_id']}", 12_050)]
    assert books.breaks("mended") == []


def test_what_is_older_than_any_file_that_may_still_come_is_missing_at_us(books: Books) -> None:
    sale = books.row(books.pay(100))
    books.transactions(sale)
    waits, old = (
        books.row(books.pay(minor, at=NOON - timedelta(days=days)))
        for minor, days in ((200, 6), (300, 40))
    )
    books.settlements(sale, waits, old)
    compare(books)
    assert books.breaks() == [("missing_at_us", f"P {old['scheme_id']}", 300)]


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


def test_where_nested_loops_are_allowed_no_rows_of_files_are_read() -> None:
    """Of them the planner expects a handful, and takes the product of many and the suspects."""
    assert "settlement_schemerow" in "".join(settlements.GATHER)
    assert "settlement_schemerow" not in settlements.FOUND
