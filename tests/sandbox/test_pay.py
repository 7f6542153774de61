"""The rules of a pay and of its repeats (reference §2, 7.3)."""

import pytest

from sandbox.amounts import to_fen
from sandbox.clock import ManualClock
from tests.sandbox.till import Till

RATE = "0.90207000"


def test_a_pay_takes_the_price_in_yuan_once(till: Till) -> None:
    customer = till.customer(1000)
    said = till.pay(till.code(customer), "120.50", "TG1")
    assert (said["result_code"], said["trans_amount"], said["currency"]) == (
        "SUCCESS",
        "120.50",
        "HKD",
    )
    assert (said["exchange_rate"], said["trans_amount_cny"]) == (RATE, "108.70")
    assert said["alipay_pay_time"] == "20261123120000"
    assert till.balance(customer) == 100_000 - 10_870


@pytest.mark.parametrize("digits", [16, 18, 24])
def test_codes_of_every_length_pay(till: Till, digits: int) -> None:
    code = till.code(till.customer(), digits)
    assert len(code) == digits
    assert till.pay(code)["result_code"] == "SUCCESS"


def test_a_code_pays_until_its_minute_is_over(till: Till, clock: ManualClock) -> None:
    customer = till.customer()
    first, second = till.code(customer), till.code(customer)
    clock.advance(59)
    assert till.pay(first)["result_code"] == "SUCCESS"
    clock.advance(1)
    assert till.pay(second)["error"] == "SOUNDWAVE_PARSER_FAIL"


def test_a_code_pays_one_trade(till: Till) -> None:
    customer = till.customer()
    code = till.code(customer)
    assert till.pay(code, "1.00")["result_code"] == "SUCCESS"
    assert till.pay(code, "1.00")["error"] == "SOUNDWAVE_PARSER_FAIL"
    assert till.balance(customer) == 100_000 - 90


@pytest.mark.parametrize(
    "code",
    ["281234567890123456", "289999123456789012", "2899001234567890", "289900123456789012345678"],
    ids=["unknown", "magic without a row", "magic and short", "magic and long"],
)
def test_a_code_of_nobody_pays_nothing(till: Till, code: str) -> None:
    said = till.pay(code, trans_id="TG1")
    assert said == {
        "result_code": "FAILED",
        "error": "SOUNDWAVE_PARSER_FAIL",
        "partner_trans_id": "TG1",
    }
    assert till.query("TG1")["error"] == "TRADE_NOT_EXIST"


@pytest.mark.parametrize(
    ("amount", "currency", "result"),
    [
        ("0.01", "HKD", "SUCCESS"),
        ("0.00", "HKD", "FAILED"),
        ("0.001", "HKD", "FAILED"),
        ("-1.00", "HKD", "FAILED"),
        ("1e2", "HKD", "FAILED"),
        ("\uff11.00", "HKD", "FAILED"),
        ("100000000.01", "HKD", "FAILED"),
        ("120", "JPY", "SUCCESS"),
        ("120.50", "JPY", "FAILED"),
        ("120.00", "JPY", "FAILED"),
        ("120", "KRW", "SUCCESS"),
        ("120.5", "KRW", "FAILED"),
        ("1.00", "XXX", "FAILED"),
        ("1.00", "hkd", "FAILED"),
        ("1.00", "CNY", "SUCCESS"),
    ],
)
def test_amounts_follow_their_currency(till: Till, amount: str, currency: str, result: str) -> None:
    customer = till.customer()
    said = till.pay(till.code(customer), amount, currency=currency)
    assert said["result_code"] == result
    if result == "FAILED":
        assert said["error"] == "INVALID_PARAMETER"
        assert till.balance(customer) == 100_000


def test_a_price_in_another_currency_than_the_settlements_is_refused(till: Till) -> None:
    customer = till.customer()
    said = till.pay(till.code(customer), "100.00", trans_currency="TWD")
    assert said["error"] == "INVALID_PARAMETER"
    assert till.balance(customer) == 100_000
    assert (
        till.pay(till.code(customer), "1.00", currency="CNY", trans_currency="CNY")["result_code"]
        == "SUCCESS"
    )


def test_the_largest_amount_is_a_hundred_million(till: Till) -> None:
    assert till.pay(till.magic(), "100000000.00")["trans_amount_cny"] == "90207000.00"


def test_a_partner_takes_only_the_currencies_of_its_contract(till: Till) -> None:
    body = {
        "sign_type": "MD5",
        "md5_key": "abcdefghijklmnopqrstuvwxyz012345",
        "currencies": ["USD"],
    }
    till.control("PUT", "partners/2088000000000001", body)
    assert till.pay(till.magic(), currency="HKD")["error"] == "INVALID_PARAMETER"
    assert till.pay(till.magic(), currency="USD")["result_code"] == "SUCCESS"


def test_half_a_fen_is_rounded_up() -> None:
    assert to_fen(1, "USD", "6.64640000") == 7
    assert to_fen(50, "USD", "0.01000000") == 1
    assert to_fen(49, "USD", "0.01000000") == 0


@pytest.mark.parametrize(
    ("extend", "error"),
    [
        ('{"secondary_merchant_id":"M1"}', "ACCESS_FORBIDDEN"),
        ('{"secondary_merchant_id":"M1","store_id":""}', "ACCESS_FORBIDDEN"),
        ('{"store_id":"S1"}', "INVALID_PARAMETER"),
        ('{"secondary_merchant_id":"M 1","store_id":"S1"}', "INVALID_PARAMETER"),
        ("[]", "INVALID_PARAMETER"),
        ("{", "INVALID_PARAMETER"),
        ("", "INVALID_PARAMETER"),
    ],
)
def test_without_merchant_and_store_nothing_is_paid(till: Till, extend: str, error: str) -> None:
    customer = till.customer()
    said = till.pay(till.code(customer), extend_info=extend)
    assert (said["result_code"], said["error"]) == ("FAILED", error)
    assert till.balance(customer) == 100_000


@pytest.mark.parametrize(
    ("quantity", "price", "result"),
    [("2", "60.25", "SUCCESS"), ("2", "60.00", "FAILED"), ("0", "1.00", "FAILED")],
)
def test_price_times_quantity_is_the_total(
    till: Till, quantity: str, price: str, result: str
) -> None:
    said = till.pay(till.code(till.customer()), quantity=quantity, price=price)
    assert said["result_code"] == result


def test_too_small_a_balance_declines_and_leaves_the_code_good(till: Till) -> None:
    customer = till.customer(10)
    code = till.code(customer)
    assert till.pay(code, "120.50", "TG1")["error"] == "BUYER_BALANCE_NOT_ENOUGH"
    assert till.query("TG1")["error"] == "TRADE_NOT_EXIST"
    assert till.pay(code, "1.00")["result_code"] == "SUCCESS"


# Repeats: the true state, never a second charge.


def test_a_repeat_of_a_paid_pay_is_the_same_trade(till: Till, clock: ManualClock) -> None:
    customer = till.customer()
    code = till.code(customer)
    first = till.pay(code, "1.00", "TG1")
    clock.advance(3600)  # the code's minute is over: the trade is what counts
    assert till.pay(code, "1.00", "TG1") == first
    assert till.balance(customer) == 100_000 - 90


def test_a_repeat_of_a_waiting_pay_is_unknown(till: Till) -> None:
    customer = till.customer(asks_password=True)
    code = till.code(customer)
    first = till.pay(code, "1.00", "TG1")
    assert (first["result_code"], first["error"]) == ("UNKNOW", "USER_PAYING")
    assert till.pay(code, "1.00", "TG1") == first
    assert till.query("TG1")["alipay_trans_status"] == "WAIT_BUYER_PAY"
    assert till.balance(customer) == 100_000


def test_a_repeat_of_a_closed_pay_says_closed(till: Till) -> None:
    code = till.code(till.customer())
    till.pay(code, "1.00", "TG1")
    till.cancel("TG1")
    said = till.pay(code, "1.00", "TG1")
    assert (said["result_code"], said["error"]) == ("FAILED", "TRADE_HAS_CLOSE")
    assert till.query("TG1")["alipay_trans_status"] == "TRADE_CLOSED"


def test_a_repeat_of_what_was_never_created_is_a_first_try(till: Till) -> None:
    code = till.code(till.customer())
    body = {"fault": "system_error", "service": "pay", "times": 1}
    till.control("POST", "faults", body)
    assert till.pay(code, "1.00", "TG1")["error"] == "SYSTEM_ERROR"
    assert till.query("TG1")["error"] == "TRADE_NOT_EXIST"
    assert till.pay(code, "1.00", "TG1")["result_code"] == "SUCCESS"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"trans_amount": "1.01"}, "CONTEXT_INCONSISTENT"),
        ({"currency": "USD"}, "CONTEXT_INCONSISTENT"),
        ({"buyer_identity_code": "another"}, "TRADE_BUYER_NOT_MATCH"),
    ],
)
def test_a_repeat_with_other_content_is_refused(
    till: Till, changed: dict[str, str], error: str
) -> None:
    customer = till.customer()
    code, fresh = till.code(customer), till.code(customer)
    till.pay(code, "1.00", "TG1")
    if "buyer_identity_code" in changed:
        changed = {"buyer_identity_code": fresh}
    said = till.pay(code, "1.00", "TG1", **changed)
    assert (said["result_code"], said["error"]) == ("FAILED", error)
    assert till.balance(customer) == 100_000 - 90


# The three minutes of a trade that waits.


def test_a_trade_can_be_confirmed_until_its_three_minutes_are_over(
    till: Till, clock: ManualClock
) -> None:
    customer = till.customer(asks_password=True)
    for trans_id, seconds, state in (("TG1", 179, "TRADE_SUCCESS"), ("TG2", 180, "TRADE_CLOSED")):
        till.pay(till.code(customer), "1.00", trans_id)
        clock.advance(seconds)
        answer = till.http.post(
            f"{till.url}/control/trades/2088000000000001/{trans_id}/confirm", timeout=10
        )
        assert answer.status_code == (200 if state == "TRADE_SUCCESS" else 409)
        assert till.query(trans_id)["alipay_trans_status"] == state
    assert till.balance(customer) == 100_000 - 90


def test_a_trade_that_closed_unpaid_has_no_time_of_payment(till: Till, clock: ManualClock) -> None:
    till.pay(till.code(till.customer(asks_password=True)), "1.00", "TG1")
    clock.advance(180)
    said = till.query("TG1")
    assert said["alipay_trans_status"] == "TRADE_CLOSED"
    assert "alipay_pay_time" not in said


def test_a_refused_trade_is_closed_and_costs_nothing(till: Till) -> None:
    customer = till.customer(asks_password=True)
    till.pay(till.code(customer), "1.00", "TG1")
    till.control("POST", "trades/2088000000000001/TG1/refuse")
    assert till.query("TG1")["alipay_trans_status"] == "TRADE_CLOSED"
    assert till.balance(customer) == 100_000


def test_a_query_finds_a_trade_by_alipays_id_first(till: Till) -> None:
    customer = till.customer()
    first = till.pay(till.code(customer), "1.00", "TG1")
    till.pay(till.code(customer), "2.00", "TG2")
    said = till.call("query", partner_trans_id="TG2", alipay_trans_id=first["alipay_trans_id"])
    assert (said["partner_trans_id"], said["out_trade_no"]) == ("TG1", "TG1")
