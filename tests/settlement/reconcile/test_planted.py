"""Whatever is planted in a file is found as a break of its own, or the file is refused whole."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from settlement.models import SchemeFile, SchemeRow
from settlement.services.reconcile_day import reconcile_day
from settlement.state import Way
from tenancy.scope import tenant_scope
from tests.people import Person, make_person
from tests.settlement.reconcile.conftest import DAY, NOON, SETTLED, Books

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)


def kinds(books: Books, state: str = "open") -> list[tuple[str, str]]:
    return [(kind, about) for kind, about, _ in books.breaks(state)]


def test_two_rows_that_swapped_their_amounts_are_two_breaks(books: Books) -> None:
    one, other = books.pay(12_050), books.pay(9_900)
    books.transactions(
        books.row(one, amount=9_900, fee=59), books.row(other, amount=12_050, fee=72)
    )
    books.compare()
    assert sorted(risk for _, _, risk in books.breaks()) == [2_150, 2_150]
    assert {kind for kind, _ in kinds(books)} == {"amount"}


def test_two_rows_that_swapped_their_trades_are_two_breaks(books: Books) -> None:
    one, other = books.pay(12_050), books.pay(12_050)
    for sale in (one, other):
        sale.scheme_transaction_id = f"2026{sale.merchant_reference}"
        books.save(sale)
    right = books.row(one), books.row(other)
    books.transactions(*right)
    books.compare()
    assert kinds(books) == []
    swapped = [
        row | {"scheme_id": other["scheme_id"]}
        for row, other in zip(right, reversed(right), strict=True)
    ]
    books.transactions(*swapped)
    books.compare()
    assert [kind for kind, _ in kinds(books)] == ["scheme_id", "scheme_id"]


def test_a_row_of_another_acquirers_payment_is_missing_at_us_and_says_nothing_of_it(
    books: Books, outsider: Person
) -> None:
    theirs = Books(outsider)
    foreign = theirs.pay(12_050)
    books.transactions(theirs.row(foreign))
    books.compare()
    assert kinds(books) == [("missing_at_us", f"PAYMENT {foreign.partner_trans_id}")]
    assert theirs.breaks() == []


@pytest.mark.parametrize("hours", [-3, 5])
def test_a_row_at_an_hour_at_which_nothing_was_paid_is_a_break(books: Books, hours: int) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale, at=NOON + timedelta(hours=hours)))
    books.compare()
    assert kinds(books) == [("time", f"PAYMENT {sale.partner_trans_id}")]


def test_a_row_of_the_day_before_that_was_not_paid_then_is_not_simply_late(books: Books) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale, at=NOON - timedelta(days=1)))
    books.compare()
    assert kinds(books) == [("time", f"PAYMENT {sale.partner_trans_id}")]


def test_a_row_twice_with_another_fee_is_a_duplicate_and_a_wrong_fee(books: Books) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale), books.row(sale, fee=0))
    books.compare()
    about = f"PAYMENT {sale.partner_trans_id}"
    assert kinds(books) == [("duplicate", about), ("fee", about)]


def test_a_row_twice_and_wrong_both_times_is_one_break_of_each_kind(books: Books) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale, fee=1), books.row(sale, fee=2))
    books.compare()
    about = f"PAYMENT {sale.partner_trans_id}"
    assert kinds(books) == [("duplicate", about), ("fee", about)]
    assert books.compare().opened == 0


def test_a_row_that_stood_in_the_file_of_another_day_is_a_duplicate(books: Books) -> None:
    sale, refund = books.pay(12_050), books.refund(books.pay(900), 100)
    rows = [books.row(sale), books.row(refund.payment), books.row(refund)]
    books.transactions(*rows)
    books.transactions(books.row(sale), books.row(refund), day=NEXT)
    books.compare()
    books.compare(day=NEXT)
    assert kinds(books) == [
        ("duplicate", f"PAYMENT {sale.partner_trans_id}"),
        ("duplicate", f"REFUND {refund.partner_refund_id}"),
    ]


def test_a_row_of_another_merchant_whose_name_begins_alike_is_a_break(
    books: Books, outsider: Person
) -> None:
    other = make_person(books.person.acquirer, books.person.partner_account)
    name = books.person.merchant.display_name
    for person, called in ((other, name[:7]), (outsider, name[:5])):
        with tenant_scope(person.acquirer.id):
            person.merchant.display_name = called
            person.merchant.save()
    sale, cut, own = (books.pay(12_050) for _ in range(3))

    books.transactions(
        books.row(sale, merchant=name[:7]),  # all of the other's name
        books.row(cut, merchant=name[:5]),  # the beginning of both; another acquirer's whole one
        books.row(own, merchant=name),
    )
    books.compare()

    assert books.breaks() == [("merchant", f"PAYMENT {sale.partner_trans_id}", 12_050)]
    with tenant_scope(other.acquirer.id):
        books.person.merchant.display_name = name[:7]  # so it was called, and is again
        books.person.merchant.save()
    books.compare()
    assert books.breaks() == []


MIDNIGHT = NOON + timedelta(hours=12)


@pytest.mark.parametrize("ended", [-2, 0, 2])
def test_a_payment_around_midnight_that_stands_in_both_days_files_is_a_duplicate(
    books: Books, outsider: Person, ended: int
) -> None:
    sale = books.pay(12_050, at=MIDNIGHT + timedelta(minutes=ended))
    once = books.pay(700, at=MIDNIGHT + timedelta(minutes=ended))
    first = books.row(sale, at=MIDNIGHT - timedelta(minutes=1))
    rows = [books.row(each, at=MIDNIGHT + timedelta(minutes=1)) for each in (sale, once)]
    theirs = Books(outsider)
    theirs.transactions(theirs.row(theirs.pay(900)))

    books.transactions(first)
    books.transactions(*rows, day=NEXT)
    books.compare()
    books.compare(day=NEXT)

    assert books.breaks() == [("duplicate", f"PAYMENT {sale.partner_trans_id}", 12_050)]
    books.transactions(rows[1], day=NEXT)
    books.compare(day=NEXT)
    assert (books.breaks(), theirs.breaks()) == ([], [])


def test_a_row_twice_is_found_also_where_the_later_days_file_came_first(
    books: Books, outsider: Person
) -> None:
    sale, other = books.pay(12_050), books.pay(900)
    row, its = books.row(sale), books.row(other)
    theirs = Books(outsider)
    theirs.transactions(theirs.row(theirs.pay(900)))

    def come(day: date, *rows: dict[str, Any]) -> None:
        books.transactions(*rows, day=day)
        books.settlements(*rows, day=day + timedelta(days=1))
        with tenant_scope(books.person.acquirer.id):
            for each in (day, day + timedelta(days=1)):
                reconcile_day(books.person.partner_account, each)

    come(NEXT, row)
    assert kinds(books) == []
    come(DAY, row, its)

    assert kinds(books) == [
        ("duplicate", f"P {row['scheme_id']}"),
        ("duplicate", f"PAYMENT {sale.partner_trans_id}"),
    ]
    come(NEXT)  # corrected
    assert (kinds(books), theirs.breaks()) == ([], [])


def test_refunds_that_cannot_be_are_found(books: Books) -> None:
    sale = books.pay(900)
    refund = books.refund(sale, 100)
    books.transactions(
        books.row(sale),
        books.row(refund, amount=5_000, fee=30),  # more than was paid
        books.row(refund, own_id="rfd01unknown"),  # of nothing that we know
        books.row(sale, "REFUND"),  # under the payment's own id
    )
    books.compare()
    assert kinds(books) == [
        ("amount", f"REFUND {refund.partner_refund_id}"),
        ("missing_at_us", "REFUND rfd01unknown"),
        ("status", f"REFUND {sale.partner_trans_id}"),
    ]


def test_a_refund_or_a_cancel_under_another_trade_is_found(books: Books) -> None:
    one, other = books.pay(12_050), books.pay(5_000, status="canceled")
    for sale in (one, other):
        sale.scheme_transaction_id = f"2026{sale.merchant_reference}"
        books.save(sale)
    refund = books.refund(one, 1_000)
    rows = [books.row(one), books.row(other)]
    books.transactions(
        *rows,
        books.row(refund, scheme_id=rows[1]["scheme_id"]),
        books.row(other, "CANCEL", scheme_id=rows[0]["scheme_id"]),
    )
    books.compare()
    assert kinds(books) == [
        ("scheme_id", f"CANCEL {other.partner_trans_id}"),
        ("scheme_id", f"REFUND {refund.partner_refund_id}"),
    ]


def test_a_fee_that_is_missing_or_of_a_refund_is_found(books: Books) -> None:
    sale = books.pay(90_000)
    refund = books.refund(sale, 10_000)
    books.transactions(books.row(sale, fee=0), books.row(refund, fee=61))
    books.compare()
    assert [(kind, risk) for kind, _, risk in books.breaks()] == [("fee", 540), ("fee", 1)]


def test_a_settlement_file_cut_off_at_the_end_of_a_line_lacks_what_was_traded(books: Books) -> None:
    sales = [books.pay(1_000 + number) for number in range(3)]
    rows = [books.row(sale) for sale in sales]
    books.transactions(*rows)
    books.settlements(*rows[:2])
    books.compare(Way.SETTLEMENT, SETTLED)
    assert kinds(books) == [("missing_at_them", f"P {rows[2]['scheme_id']}")]


def _swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


SPOILT: dict[str, Callable[[str], bytes]] = {
    "negative amount": lambda it: _swap(it, "|120.50|0.72|", "|-120.50|0.72|").encode(),
    "negative fee": lambda it: _swap(it, "|120.50|0.72|", "|120.50|-0.72|").encode(),
    "header of another day": lambda it: _swap(it, "2026-11-18|Total", "2026-11-17|Total").encode(),
    "header of another partner": lambda it: _swap(it, "Partner:2088", "Partner:2089").encode(),
    "one row fewer than announced": lambda it: _swap(it, "count:2", "count:3").encode(),
    "cut off in a row": lambda it: it[:-60].encode(),
    "cut off in the header": lambda it: it[:20].encode(),
    "a letter in an amount": lambda it: _swap(it, "|120.50|", "|12O.50|").encode(),
    "three decimals of HKD": lambda it: _swap(it, "|120.50|", "|120.501|").encode(),
    "comma for a point": lambda it: _swap(it, "|120.50|", "|120,50|").encode(),
    "no currency of this world": lambda it: _swap(it, "|HKD|", "|HKX|").encode(),
    "a type nobody knows": lambda it: _swap(it, "|PAYMENT|", "|PAYMNT|").encode(),
    "an empty id": lambda it: _swap(it, "\npay", "\n|").encode(),
    "a time of the day after": lambda it: _swap(it, "2026-11-18 12:", "2026-11-19 12:").encode(),
    "30 February": lambda it: _swap(it, "2026-11-18 12:", "2026-02-30 12:").encode(),
    "another separator": lambda it: it.replace("|", ";").encode(),
    "columns swapped": lambda it: _swap(it, "amount|Charge_amount", "amount|Charged").encode(),
    "an empty line between": lambda it: _swap(it, "\npay", "\n\npay").encode(),
    "a NUL": lambda it: _swap(it, "120.50", "120.50\0").encode(),
    "bytes of no encoding": lambda it: it.encode().replace(b"till", b"ti\xff\xffll"),
    "UTF-16": lambda it: it.encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_malformed_file_is_refused_whole(books: Books, name: str, tmp_path: Any) -> None:
    good = [books.row(books.pay(12_050)), books.row(books.pay(700))]
    file_name, content = books.transaction_file(*good)

    file = books.take_bytes(file_name, SPOILT[name](content.decode()))

    assert (file.state, file.row_count) == ("refused", 0)
    assert (file.refused_line is not None, file.refused_because != "") == (True, True)
    with tenant_scope(books.person.acquirer.id):
        assert not SchemeRow.objects.exists()
    assert books.take_bytes(file_name, content).state == "loaded"
    with tenant_scope(books.person.acquirer.id):
        assert SchemeFile.objects.count() == 2


def test_a_payment_below_zero_is_no_settlement_either(books: Books) -> None:
    row = books.row(books.pay(12_050))
    file = books.settlements(row | {"amount": -12_050, "fee": 72})
    assert (file.state, file.refused_column) == ("refused", "Amount")
    back = row | {"kind": "REFUND"}
    assert books.settlements(back | {"amount": -12_050, "fee": -72}).state == "loaded"
