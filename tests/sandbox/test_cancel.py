"""Cancel: its three successes, its window, and an id that comes later (reference §3.3)."""

from datetime import datetime
from pathlib import Path

import pytest

from sandbox.clock import BEIJING, ManualClock
from sandbox.readings import Readings
from sandbox.server import serving
from tests.sandbox.till import Till


def test_a_cancel_of_an_unknown_id_succeeds(till: Till) -> None:
    assert till.cancel("TG1") == {
        "result_code": "SUCCESS",
        "retry_flag": "N",
        "out_trade_no": "TG1",
    }


def test_a_cancel_of_a_waiting_trade_closes_it(till: Till) -> None:
    customer = till.customer(asks_password=True)
    trade = till.pay(till.code(customer), "1.00", "TG1")
    said = till.cancel("TG1")
    assert said == {
        "result_code": "SUCCESS",
        "retry_flag": "N",
        "action": "close",
        "out_trade_no": "TG1",
        "trade_no": trade["alipay_trans_id"],
    }
    till.control("POST", "trades/2088000000000001/TG1/confirm", expected=409)
    assert till.balance(customer) == 100_000


def test_a_cancel_of_a_paid_trade_gives_the_money_back_once(till: Till) -> None:
    customer = till.customer()
    till.pay(till.code(customer), "120.50", "TG1")
    assert till.cancel("TG1")["action"] == "refund"
    assert till.cancel("TG1")["result_code"] == "SUCCESS"
    assert till.balance(customer) == 100_000
    said = till.query("TG1")
    assert (said["alipay_trans_status"], said["refund_amount_cny"]) == ("TRADE_CLOSED", "108.70")
    assert said["alipay_pay_time"] == "20261123120000"


@pytest.mark.parametrize("amount", ["20.50", "120.50"])
def test_a_refunded_trade_is_not_cancelled(till: Till, amount: str) -> None:
    customer = till.customer()
    till.pay(till.code(customer), "120.50", "TG1")
    till.refund("TG1", "RF1", amount)
    left = till.balance(customer)
    said = till.cancel("TG1")
    assert (said["result_code"], said["retry_flag"]) == ("FAIL", "N")
    assert said["detail_error_code"] == "REASON_TRADE_REFUND_FEE_ERR"
    assert till.balance(customer) == left


@pytest.mark.parametrize(
    ("moment", "result"),
    [
        ("2026-11-23T23:59:59", "SUCCESS"),
        ("2026-11-24T00:14:59", "SUCCESS"),
        ("2026-11-24T00:15:00", "FAIL"),
    ],
)
def test_the_window_is_the_day_in_beijing_and_a_quarter_of_an_hour(
    till: Till, clock: ManualClock, moment: str, result: str
) -> None:
    customer = till.customer()
    till.pay(till.code(customer), "1.00", "TG1")
    clock.set(datetime.fromisoformat(moment).replace(tzinfo=BEIJING))
    said = till.cancel("TG1")
    assert said["result_code"] == result
    if result == "FAIL":
        assert said["detail_error_code"] == "TRADE_CANCEL_TIME_OUT"
    assert till.balance(customer) == (100_000 if result == "SUCCESS" else 100_000 - 90)


def test_a_trade_of_the_last_second_has_a_quarter_of_an_hour(
    till: Till, clock: ManualClock
) -> None:
    clock.set(datetime(2026, 11, 23, 23, 59, 59, tzinfo=BEIJING))
    till.pay(till.magic(), "1.00", "TG1")
    clock.advance(15 * 60 + 1)
    assert till.cancel("TG1")["detail_error_code"] == "TRADE_CANCEL_TIME_OUT"


def test_alipays_id_wins_over_ours(till: Till) -> None:
    trade = till.pay(till.magic(), "1.00", "TG1")
    said = till.call(
        "cancel",
        out_trade_no="TG2",
        trade_no=trade["alipay_trans_id"],
        timestamp="1795406400000",
    )
    assert (said["out_trade_no"], said["action"]) == ("TG1", "refund")


@pytest.mark.parametrize(("tombstone", "result"), [(False, "SUCCESS"), (True, "FAILED")])
def test_a_reading_decides_on_a_pay_after_its_cancel(
    data: Path, clock: ManualClock, tombstone: bool, result: str
) -> None:
    with (
        serving(data, clock=clock, readings=Readings(tombstone=tombstone)) as box,
        Till(box.url) as till,
    ):
        till.cancel("TG1")
        assert till.pay(till.magic(), "1.00", "TG1")["result_code"] == result
