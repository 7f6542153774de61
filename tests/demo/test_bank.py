"""The demo's bank pays what a payment file orders, and its statements are those of any bank."""

from datetime import date

from demo.bank import Day, Movement, pay, write_statements
from settlement.bank import camt
from tests.settlement.bank.test_pain001 import ORDER, write

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 23)


def test_each_transfer_of_a_payment_file_leaves_the_account() -> None:
    assert pay(write(ORDER)) == [
        Movement(-12_050, "Settlement 7 of 2026-11-18", "pyo-1"),
        Movement(-5, "Settlement 1", "pyo-2"),
    ]


def test_a_days_statement_goes_on_where_the_one_before_it_ended() -> None:
    came, left = Movement(94_000, "ALIPAY & Co 20261122"), Movement(-500_000, "Settlement", "pyo-1")
    days = [Day(SUNDAY, [came]), Day(MONDAY, [left])]

    first, second = camt.read(write_statements("368001234", "HKD", 100_000, days, run="DEMO-1"))

    assert (first.id, second.id) == ("DEMO-1-2026-11-22", "DEMO-1-2026-11-23")
    assert (first.account, first.currency, first.closes_on) == ("368001234", "HKD", SUNDAY)
    assert (first.opening, first.closing, second.opening, second.closing) == (
        100_000, 194_000, 194_000, -306_000,
    )  # fmt: skip
    [entry], [other] = first.entries, second.entries
    assert (entry.minor, entry.remittance, entry.references) == (94_000, "ALIPAY & Co 20261122", ())
    assert (other.minor, other.references, other.booked_on) == (-500_000, ("pyo-1",), MONDAY)
