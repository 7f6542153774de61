"""What the settlement file says in RMB follows from the trade's rate, or it is a break."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, LiteralString

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from payments.models import Payment
from settlement.admin.sides import render_sides
from settlement.matching import rates
from settlement.models import Break, SchemeRow
from settlement.resolutions import endings_of
from settlement.state import Resolution, Way
from tenancy.scope import tenant_scope
from tests.people import Person
from tests.settlement.reconcile.conftest import SETTLED, Books

pytestmark = pytest.mark.django_db
RATE = "0.90207000"  # 120.50 is RMB 108.70, its fee of 0.72 is 0.65
SALE = {"rate": RATE}


def paid_at(books: Books, minor: int, rate: str | None = RATE) -> Payment:
    payment = books.pay(minor)
    payment.exchange_rate = rate
    books.save(payment)
    return payment


def compare(books: Books, *rows: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Both files come, the second with ``rows``; what is found, at two runs."""
    books.transactions(*rows)
    books.settlements(*rows)
    books.compare(Way.SETTLEMENT, SETTLED)
    assert books.compare(Way.SETTLEMENT, SETTLED).opened == 0
    return books.breaks()


@pytest.mark.parametrize("minor", [1, 99, 12_050, 36_930, 1_000_001])
def test_what_follows_from_the_trades_rate_is_silent(books: Books, minor: int) -> None:
    sale = paid_at(books, minor)
    refund = books.refund(sale, minor)
    assert compare(books, books.row(sale, **SALE), books.row(refund, **SALE)) == []
    with tenant_scope(books.person.acquirer.id):
        kept = SchemeRow.objects.filter(kind__in="PR").values_list("rate", flat=True)
        assert list(kept) == [RATE, RATE]
        assert SchemeRow.objects.exclude(kind__in="PR").filter(rate=None).count() == 2


def test_the_documented_row_is_silent_with_its_fee_rounded_for_itself(books: Books) -> None:
    sale = books.row(books.pay(36_930), rate="5.41940000", rmb="2001.38", rmb_settlement="1989.37")
    assert compare(books, sale) == []
    at_the_rate = sale | {"rmb_settlement": "1989.35"}  # no source says that it may not be so
    assert compare(books, at_the_rate) == []


@pytest.mark.parametrize(
    ("changes", "at_risk"),
    [
        ({"rmb": "108.71"}, 1),
        ({"rmb": "108.69"}, 1),
        ({"rmb": "120.50"}, 1_308),
        ({"rmb": "0.00"}, 12_050),
        ({"rmb_settlement": "107.05"}, 111),
        ({"rmb_settlement": "108.70"}, 72),
        ({"rmb_settlement": ""} | {"rmb": "108.60"}, 11),
        ({"rate": "0.91207000"}, 134),  # the RMB as by the old rate
        ({"rate": "0.91207000", "rmb": "109.90", "rmb_settlement": "109.24"}, 134),
        ({"rate": "0", "rmb": "0", "rmb_settlement": "0"}, 12_050),
    ],
)
def test_what_does_not_follow_is_one_break(
    books: Books, outsider: Person, changes: dict[str, Any], at_risk: int
) -> None:
    sale, other = paid_at(books, 12_050), paid_at(books, 700)
    theirs = Books(outsider)
    fits = {"rmb": "108.70", "rmb_settlement": "108.05"} | SALE

    found = compare(books, books.row(sale, **(fits | changes)), books.row(other, **SALE))

    assert found == [("rate", f"P 2026{sale.merchant_reference}", at_risk)]
    assert theirs.breaks() == []
    with tenant_scope(books.person.acquirer.id):
        row = Break.objects.get()
        assert (row.payment_id, row.merchant_id) == (sale.id, sale.merchant_id)
    # A corrected file mends it.
    books.settlements(books.row(sale, **(fits)), books.row(other, **SALE))
    books.compare(Way.SETTLEMENT, SETTLED)
    assert books.breaks() == []


def test_its_page_shows_what_it_should_be_beside_what_the_file_says(books: Books) -> None:
    sale = paid_at(books, 12_050)
    wrong = {"rmb": "108.71", "rmb_settlement": "100.00", "rate": "0.90217000"}
    compare(books, books.row(sale, **wrong))

    with tenant_scope(books.person.acquirer.id):
        row = Break.objects.get()
    assert row.ours == {"rate": "0.90207", "rmb_amount": 10_870, "rmb_settlement": 10_805}
    shown = str(render_sides(row))
    assert '<th scope="col">By the trade&#x27;s rate</th>' in shown
    for line in (
        "exchange rate ≠</th><td>0.90207</td><td>0.90217</td>",
        "amount in RMB ≠</th><td>CNY 108.70</td><td>CNY 108.71</td>",
        "settled in RMB ≠</th><td>CNY 108.05</td><td>CNY 100.00</td>",
        "amount</th><td>-</td><td>HKD 120.50</td>",
    ):
        assert line in shown
    assert list(endings_of(row.kind, row.way)) == [Resolution.EXPLAINED]


def test_what_is_given_back_has_its_trades_rate(books: Books) -> None:
    """By our payment; where it has none, by the file's own row of the trade."""
    known, local = paid_at(books, 12_050), paid_at(books, 900, None)
    alone = books.refund(paid_at(books, 5_000, None), 5_000)
    other = {"rate": "0.91000000"}
    first, second = books.refund(known, 1_000), books.refund(local, 100)

    found = compare(
        books, books.row(known, **SALE), books.row(first, **other),
        books.row(local, **SALE), books.row(second, **other), books.row(alone, **other),
    )  # fmt: skip

    assert found == [
        ("rate", f"R {row.partner_refund_id}", risk)
        for row, risk in sorted(
            ((first, 9), (second, 1)), key=lambda each: each[0].partner_refund_id
        )
    ]
    with tenant_scope(books.person.acquirer.id):
        assert set(Break.objects.values_list("refund_id", flat=True)) == {first.id, second.id}


def test_a_row_that_is_another_break_already_is_not_said_again(books: Books) -> None:
    sale = books.row(paid_at(books, 12_050), **SALE)
    books.transactions(sale)
    books.settlements(sale | {"amount": 12_000, "fee": 72, "rmb": "1.00"})
    books.compare(Way.SETTLEMENT, SETTLED)
    assert [kind for kind, *_ in books.breaks()] == ["amount"]


def test_a_row_without_a_rate_is_not_judged(books: Books) -> None:
    sale = books.row(paid_at(books, 12_050), rate="", rmb="", rmb_settlement="")
    assert compare(books, sale) == []


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 12_050), ("KWD", 12_050)])
def test_money_of_other_decimals_is_counted_at_its_rate(
    books: Books, currency: str, minor: int
) -> None:
    sale = paid_at(books, minor, "0.04712000")
    sale.currency = currency
    books.save(sale)
    row = books.row(sale, currency=currency, rate="0.04712000")
    assert compare(books, row) == []
    worth = Decimal(row["amount"]).scaleb({"JPY": 0, "KWD": -3}[currency]) * Decimal("0.04712")
    wrong = row | {"rmb": f"{worth + 1:.2f}"}
    assert [kind for kind, *_ in compare(books, wrong)] == ["rate"]


_DOES_IT_ADD_UP: LiteralString = f"""
SELECT {rates._SETTLEMENT_ADDS_UP.format("%(worth)s::numeric")}
  FROM (SELECT %(minor)s::bigint AS amount_minor, %(fee)s::bigint AS fee_minor,
               %(settled)s::bigint AS rmb_settlement_minor) row
"""  # noqa: S608 - the project's own words


def _whole(minor: Decimal) -> int:
    return int(minor.quantize(Decimal(1), ROUND_HALF_UP))


@given(minor=st.integers(1, 10**9), bp=st.integers(0, 999), rate=st.integers(1, 20 * 10**8))
def test_no_fee_rounded_for_itself_is_ever_taken_for_a_break(
    minor: int, bp: int, rate: int
) -> None:
    """The fee's part of what was paid, rounded in either money by itself."""
    part, worth = Decimal(bp) / 10_000, Decimal(rate) / 10**8
    rmb, fee = _whole(minor * worth), _whole(minor * part)
    row = {"minor": minor, "fee": fee, "settled": rmb - _whole(rmb * part), "worth": worth}
    with connection.cursor() as cursor:
        cursor.execute(_DOES_IT_ADD_UP, row)
        assert cursor.fetchone() == (True,)


def test_yuan_in_another_form_are_read_strictly_or_refused(books: Books) -> None:
    row = books.row(books.pay(12_050))
    for rmb in ("108.701", "1O8.70", "-108.70", "1,108.70"):
        file = books.settlements(row | {"rmb": rmb, "rate": RATE})
        assert (file.state, file.refused_column) == ("refused", "Rmb_amount")
    back = row | {"kind": "REFUND", "rate": RATE, "rmb": "-108.7", "rmb_settlement": " -108.05"}
    assert books.settlements(back).state == "loaded"
    with tenant_scope(books.person.acquirer.id):
        kept = SchemeRow.objects.values_list("rmb_minor", "rmb_settlement_minor")
        assert list(kept) == [(10_870, 10_805)]
