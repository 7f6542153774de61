"""Refunds: sums, idempotence, the night hours, the batch, and their query (§3.4, 3.5)."""

from datetime import datetime

import pytest

from sandbox.clock import BEIJING, ManualClock
from sandbox.server import Serving
from sandbox.ticker import Ticker
from tests.sandbox.till import Till


def _at(clock: ManualClock, text: str) -> None:
    clock.set(datetime.fromisoformat(text).replace(tzinfo=BEIJING))


@pytest.fixture
def paid(till: Till) -> int:
    """A customer with 1,000 yuan who paid HKD 120.50 (108.70 yuan) as TG1."""
    customer = till.customer()
    till.pay(till.code(customer), "120.50", "TG1")
    return customer


def test_a_part_is_given_back_at_the_trades_rate(till: Till, paid: int) -> None:
    said = till.refund("TG1", "RF1", "20.50")
    assert said["result_code"] == "SUCCESS"
    assert (said["refund_amount"], said["refund_amount_cny"]) == ("20.50", "18.49")
    assert till.balance(paid) == 100_000 - 10_870 + 1_849
    assert till.query("TG1")["alipay_trans_status"] == "TRADE_SUCCESS"


def test_parts_up_to_the_whole_close_the_trade_and_leave_no_fen(till: Till, paid: int) -> None:
    for number, amount in enumerate(("20.50", "99.99", "0.01")):
        assert till.refund("TG1", f"RF{number}", amount)["result_code"] == "SUCCESS"
    assert till.balance(paid) == 100_000
    assert till.query("TG1")["alipay_trans_status"] == "TRADE_CLOSED"


def test_a_refund_above_what_is_left_is_refused(till: Till, paid: int) -> None:
    till.refund("TG1", "RF1", "20.50")
    left = till.balance(paid)
    assert till.refund("TG1", "RF2", "100.01")["error"] == "RETURN_AMOUNT_EXCEED"
    assert till.balance(paid) == left


def test_many_small_refunds_never_give_back_more_than_was_taken(till: Till) -> None:
    customer = till.customer()
    said = till.pay(till.code(customer), "0.10", "TG1")
    assert said["trans_amount_cny"] == "0.09"
    for number in range(10):  # a cent is 0.902 fen, so each rounds up to a fen
        assert till.refund("TG1", f"RF{number}", "0.01")["result_code"] == "SUCCESS"
    assert till.balance(customer) == 100_000


def test_a_repeated_refund_gives_back_once(till: Till, paid: int) -> None:
    first = till.refund("TG1", "RF1", "20.50")
    assert till.refund("TG1", "RF1", "20.50") == first
    assert till.balance(paid) == 100_000 - 10_870 + 1_849


def test_a_repeated_refund_with_another_amount_is_refused(till: Till, paid: int) -> None:
    till.refund("TG1", "RF1", "20.50")
    left = till.balance(paid)
    assert till.refund("TG1", "RF1", "20.51")["error"] == "REPEATED_REFUNDMENT_REQUEST"
    assert till.balance(paid) == left


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"partner_trans_id": "TG9"}, "PURCHASE_TRADE_NOT_EXIST"),
        ({"currency": "USD"}, "CURRENCY_NOT_SAME"),
        ({"partner_refund_id": "TG1"}, "INVALID_PARAMETER"),
        ({"refund_amount": "0.00"}, "INVALID_PARAMETER"),
        ({"refund_amount": "1.001"}, "INVALID_PARAMETER"),
        ({"is_sync": "X"}, "INVALID_PARAMETER"),
    ],
)
def test_a_wrong_refund_moves_nothing(
    till: Till, paid: int, change: dict[str, str], error: str
) -> None:
    fields = {
        "partner_trans_id": "TG1",
        "partner_refund_id": "RF1",
        "refund_amount": "1.00",
        "currency": "HKD",
        "is_sync": "Y",
    }
    said = till.call("refund", **fields | change)
    assert (said["result_code"], said["error"]) == ("FAILED", error)
    assert till.balance(paid) == 100_000 - 10_870


def test_unpaid_and_closed_trades_are_not_refunded(till: Till) -> None:
    till.pay(till.magic("needs_password"), "1.00", "TG1")
    assert till.refund("TG1", "RF1", "1.00")["error"] == "TRADE_STATUS_ERROR"
    till.cancel("TG1")
    assert till.refund("TG1", "RF1", "1.00")["error"] == "TRADE_HAS_CLOSE"


@pytest.mark.parametrize(
    ("moment", "result"),
    [
        ("2026-11-23T23:59:59", "SUCCESS"),
        ("2026-11-24T00:00:00", "UNKNOW"),
        ("2026-11-24T01:29:59", "UNKNOW"),
        ("2026-11-24T01:30:00", "SUCCESS"),
    ],
)
def test_no_synchronous_refund_before_half_past_one(
    till: Till, paid: int, clock: ManualClock, moment: str, result: str
) -> None:
    _at(clock, moment)
    assert till.refund("TG1", "RF1", "20.50")["result_code"] == result
    given = 1_849 if result == "SUCCESS" else 0
    assert till.balance(paid) == 100_000 - 10_870 + given


def test_an_asynchronous_refund_is_recorded_first_and_done_soon(
    till: Till, paid: int, clock: ManualClock
) -> None:
    assert till.refund("TG1", "RF1", "20.50", is_sync="N")["result_code"] == "SUCCESS"
    assert till.balance(paid) == 100_000 - 10_870
    asked = {"out_trade_no": "TG1", "out_return_no": "RF1"}
    assert till.call("refund_query", **asked)["refund_result_code"] == "PROCESSING"
    assert till.control("GET", "books")["money_given_back_fen"] == 0
    assert "refund_amount_cny" not in till.query("TG1")
    clock.advance(2)
    said = till.call("refund_query", **asked)
    assert (said["response_code"], said["refund_result_code"]) == ("SUCCESS", "SUCCESS")
    assert said["gmt_create"] == "2026-11-23 12:00:00"
    assert till.control("GET", "books")["money_given_back_fen"] == 1_849
    assert till.balance(paid) == 100_000 - 10_870 + 1_849


def test_the_default_is_asynchronous(till: Till, paid: int) -> None:
    till.refund("TG1", "RF1", "20.50", is_sync="")
    assert till.balance(paid) == 100_000 - 10_870


def test_two_asynchronous_refunds_never_exceed_the_trade(till: Till, paid: int) -> None:
    assert till.refund("TG1", "RF1", "100.00", is_sync="N")["result_code"] == "SUCCESS"
    assert till.refund("TG1", "RF2", "20.51", is_sync="N")["error"] == "RETURN_AMOUNT_EXCEED"


def test_an_older_trade_is_refunded_in_the_night_batch(
    till: Till, box: Serving, paid: int, clock: ManualClock
) -> None:
    ticker = Ticker(box.gateway.storage, clock)
    _at(clock, "2026-11-24T12:00:00")
    till.refund("TG1", "RF1", "20.50", is_sync="N")
    _at(clock, "2026-11-24T22:59:59")
    ticker.tick()
    assert till.balance(paid) == 100_000 - 10_870
    _at(clock, "2026-11-24T23:00:00")
    ticker.tick()
    assert till.balance(paid) == 100_000 - 10_870 + 1_849


def test_a_refund_query_says_what_is_missing(till: Till, paid: int) -> None:
    asked = {"out_trade_no": "TG9", "out_return_no": "RF1"}
    assert till.call("refund_query", **asked) == {"response_code": "TRADE_NOT_EXIST"}
    asked["out_trade_no"] = "TG1"
    assert till.call("refund_query", **asked) == {"response_code": "NOT_FOUND"}
