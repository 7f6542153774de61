"""Query, cancel, refund and the rest: what is sent, and what the answers are taken for."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.alipay.config import GatewayConfig, SignType
from connectors.alipay.gateway import AlipayGateway
from connectors.alipay.signing import signature_for
from connectors.base import RefundRequest, Result
from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from tests.connectors.alipay import rsa_vectors
from tests.connectors.alipay.stand_in import StandIn, accepted, refused, signed_text
from tests.connectors.alipay.test_pay import PAID

PAYMENT = "TG20261122000042"
AMOUNT = Money(12050, "HKD")
TRADE = {
    "alipay_trans_id": "2026112222001400990000000042",
    "alipay_trans_status": "TRADE_SUCCESS",
    "currency": "HKD",
    "out_trade_no": PAYMENT,
    "partner_trans_id": PAYMENT,
    "result_code": "SUCCESS",
    "trans_amount": "120.50",
}


@pytest.mark.parametrize("sign_type", [SignType.RSA, SignType.RSA2])
def test_rsa_is_spoken_in_both_directions(
    config: GatewayConfig, stand_in: StandIn, sign_type: SignType
) -> None:
    # One key pair stands for both sides, so the stand-in can check and sign with it.
    rsa = replace(
        config,
        sign_type=sign_type,
        private_key=rsa_vectors.PRIVATE_KEY,
        alipay_public_key=rsa_vectors.PUBLIC_KEY,
    )
    alipay = signature_for(rsa)
    signature = alipay.sign(signed_text(TRADE).encode())
    gateway = AlipayGateway(rsa)

    stand_in.answer = accepted(TRADE, sign=signature)
    genuine = gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT)
    stand_in.answer = accepted(TRADE | {"trade_no": "1"}, sign=signature)
    forged = gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT)
    gateway.close()

    assert genuine.result is Result.SUCCEEDED
    assert (forged.result, forged.code) == (Result.UNKNOWN, "BAD_SIGNATURE")
    sent = stand_in.calls[0].parameters
    unsigned = {name: value for name, value in sent.items() if name not in {"sign", "sign_type"}}
    assert sent["sign_type"] == sign_type.value
    assert alipay.verify(signed_text(unsigned).encode(), sent["sign"]) is True


@pytest.mark.parametrize(
    ("status", "result", "failure_code"),
    [
        ("TRADE_SUCCESS", Result.SUCCEEDED, None),
        ("TRADE_FINISHED", Result.SUCCEEDED, None),
        ("WAIT_BUYER_PAY", Result.PENDING, None),
        ("TRADE_CLOSED", Result.FAILED, "payment_closed"),
        ("TRADE_DREAMING", Result.UNKNOWN, None),
    ],
)
def test_a_query_reads_the_state_of_the_trade(
    gateway: AlipayGateway,
    stand_in: StandIn,
    status: str,
    result: Result,
    failure_code: str | None,
) -> None:
    stand_in.answer = accepted(TRADE | {"alipay_trans_status": status})

    outcome = gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT)

    assert (outcome.result, outcome.code) == (result, status)
    assert outcome.failure_code == failure_code
    assert outcome.trade.scheme_transaction_id == "2026112222001400990000000042"
    (call,) = stand_in.calls
    assert call.form["service"] == "alipay.acquire.overseas.query"
    assert call.form["partner_trans_id"] == PAYMENT


# The three answers that were seen on the wire (reference §3.2); the ids are shortened there.
@pytest.mark.parametrize(
    ("fields", "amount", "result", "wallet", "payer_amount"),
    [
        (
            {
                "alipay_buyer_login_id": "132****6685",
                "alipay_pay_time": "20201207152003",
                "payment_inst": "ALIPAYCN",
                "trans_amount": "3997.60",
            },
            Money(399760, "HKD"),
            Result.SUCCEEDED,
            "alipay",
            None,
        ),
        (
            {
                "alipay_buyer_login_id": "852-****0654",
                "alipay_pay_time": "20210119130016",
                "alipay_trans_status": "TRADE_CLOSED",
                "payment_inst": "ALIPAYHK",
                "trans_amount": "0.10",
            },
            Money(10, "HKD"),
            Result.FAILED,
            "alipay_hk",
            None,
        ),
        (
            {
                "alipay_buyer_login_id": "cnb*@alitest.*",
                "alipay_trans_status": "WAIT_BUYER_PAY",
                "currency": "USD",
                "exchange_rate": "6.64640000",
                "forex_total_fee": "0.01",
                "trans_amount": "0.01",
                "trans_amount_cny": "0.07",
                "trans_forex_rate": "1",
            },
            Money(1, "USD"),
            Result.PENDING,
            "alipay",
            Money(7, "CNY"),
        ),
    ],
)
def test_the_answers_seen_on_the_wire_are_read(
    gateway: AlipayGateway,
    stand_in: StandIn,
    fields: dict[str, str],
    amount: Money,
    result: Result,
    wallet: str,
    payer_amount: Money | None,
) -> None:
    stand_in.answer = accepted(TRADE | fields)

    outcome = gateway.query(partner_trans_id=PAYMENT, amount=amount)

    assert outcome.result is result
    assert outcome.trade.payer_account == fields["alipay_buyer_login_id"]
    assert outcome.trade.wallet == wallet
    assert outcome.trade.payer_amount == payer_amount
    assert outcome.trade.exchange_rate == fields.get("exchange_rate")


@pytest.mark.parametrize("error", ["TRADE_NOT_EXIST", "TRANS_NOT_FOUND"])
@pytest.mark.parametrize("word", ["FAIL", "FAILED"])
def test_a_trade_that_alipay_does_not_know_is_missing_and_not_failed(
    gateway: AlipayGateway, stand_in: StandIn, error: str, word: str
) -> None:
    stand_in.answer = accepted({"result_code": word, "error": error})

    outcome = gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT)

    assert (outcome.result, outcome.code) == (Result.UNKNOWN, error)
    assert outcome.is_trade_missing is True


@pytest.mark.parametrize(
    "fields",
    [
        TRADE | {"trans_amount": "120.51"},
        TRADE | {"currency": "USD"},
        TRADE | {"out_trade_no": "TG2"},
        {n: v for n, v in TRADE.items() if n != "trans_amount"},
        {n: v for n, v in TRADE.items() if n not in {"partner_trans_id", "out_trade_no"}},
    ],
)
def test_a_query_answered_about_something_else_is_a_contradiction(
    gateway: AlipayGateway, stand_in: StandIn, fields: dict[str, str]
) -> None:
    stand_in.answer = accepted(fields)

    outcome = gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT)

    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "CONTRADICTION")


def test_a_closed_trade_without_our_id_does_not_end_the_payment(
    gateway: AlipayGateway, stand_in: StandIn
) -> None:
    stand_in.answer = accepted({"result_code": "SUCCESS", "alipay_trans_status": "TRADE_CLOSED"})

    outcome = gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT)

    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "CONTRADICTION")


@pytest.mark.parametrize("call", ["query", "cancel", "refund", "query_refund"])
def test_a_refusal_of_a_repeatable_call_is_in_doubt_and_alarms(
    gateway: AlipayGateway, stand_in: StandIn, call: str
) -> None:
    stand_in.answer = refused("ILLEGAL_SIGN")
    calls = {
        "query": lambda: gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT),
        "cancel": lambda: gateway.cancel(partner_trans_id=PAYMENT),
        "refund": lambda: gateway.refund(_refund(is_synchronous=True)),
        "query_refund": lambda: gateway.query_refund(
            partner_trans_id=PAYMENT, partner_refund_id="RF1"
        ),
    }

    outcome = calls[call]()

    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "ILLEGAL_SIGN")
    assert outcome.is_configuration_fault is True
    assert outcome.failure_code is None


@pytest.mark.parametrize("action", ["close", "refund", None])
def test_a_cancel_that_alipay_confirms_says_what_was_done(
    gateway: AlipayGateway, stand_in: StandIn, action: str | None
) -> None:
    fields = {"out_trade_no": PAYMENT, "result_code": "SUCCESS", "retry_flag": "N"}
    stand_in.answer = accepted(fields | ({"action": action} if action else {}))
    now = datetime(2016, 2, 26, 17, 28, 24, 121000, tzinfo=UTC)

    with using_clock(ManualClock(now)):
        outcome = gateway.cancel(partner_trans_id=PAYMENT)

    assert outcome.result is Result.SUCCEEDED
    assert outcome.cancel_action == action
    (call,) = stand_in.calls
    assert call.form["service"] == "alipay.acquire.cancel"
    assert call.form["out_trade_no"] == PAYMENT
    assert call.form["timestamp"] == "1456507704121"


def test_the_published_cancel_answers_are_read(gateway: AlipayGateway, stand_in: StandIn) -> None:
    done = {
        "action": "refund",
        "out_trade_no": PAYMENT,
        "result_code": "SUCCESS",
        "retry_flag": "N",
        "trade_no": "2026112222001400990000000042",
    }
    late = {
        "detail_error_code": "TRADE_CANCEL_TIME_OUT",
        "out_trade_no": PAYMENT,
        "result_code": "FAIL",
        "retry_flag": "N",
    }

    stand_in.answer = accepted(done, sign="11ac39573229f033afb6ceee5cf1023d")
    first = gateway.cancel(partner_trans_id=PAYMENT)
    stand_in.answer = accepted(late, sign="1e4f4fe7fb6321e58083db5e8f722c6f")
    second = gateway.cancel(partner_trans_id=PAYMENT)

    assert (first.result, first.cancel_action) == (Result.SUCCEEDED, "refund")
    assert first.trade.scheme_transaction_id == "2026112222001400990000000042"
    assert (second.result, second.code) == (Result.FAILED, "TRADE_CANCEL_TIME_OUT")
    assert second.failure_code == "cancel_window_closed"
    assert second.is_retryable is False


@pytest.mark.parametrize(
    "fields",
    [
        {"result_code": "UNKNOWN", "retry_flag": "Y", "detail_error_code": "SYSTEM_ERROR"},
        {"result_code": "FAIL", "retry_flag": "Y", "detail_error_code": "SYSTEM_ERROR"},
        {"result_code": "FAIL", "detail_error_code": "SELLER_BALANCE_NOT_ENOUGH"},
        {"result_code": "UNKNOW"},
    ],
)
def test_a_cancel_without_a_clear_word_is_to_be_repeated(
    gateway: AlipayGateway, stand_in: StandIn, fields: dict[str, str]
) -> None:
    stand_in.answer = accepted(fields | {"out_trade_no": PAYMENT})

    outcome = gateway.cancel(partner_trans_id=PAYMENT)

    assert outcome.result is Result.UNKNOWN
    assert outcome.is_retryable is True


def test_a_cancel_of_another_payment_is_a_contradiction(
    gateway: AlipayGateway, stand_in: StandIn
) -> None:
    stand_in.answer = accepted({"out_trade_no": "TG2", "result_code": "SUCCESS"})

    outcome = gateway.cancel(partner_trans_id=PAYMENT)

    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "CONTRADICTION")


def _refund(*, is_synchronous: bool) -> RefundRequest:
    return RefundRequest(
        partner_trans_id=PAYMENT,
        partner_refund_id="RF20261122000007",
        amount=Money(2050, "HKD"),
        reason="item returned",
        notify_url="https://example.org/notify",
        is_synchronous=is_synchronous,
    )


REFUNDED = {
    "alipay_trans_id": "2026112222001400990000000042",
    "currency": "HKD",
    "exchange_rate": "0.90207000",
    "partner_refund_id": "RF20261122000007",
    "partner_trans_id": PAYMENT,
    "refund_amount": "20.50",
    "refund_amount_cny": "18.49",
    "result_code": "SUCCESS",
}


def test_an_immediate_refund_is_the_published_request_and_is_done(
    gateway: AlipayGateway, stand_in: StandIn
) -> None:
    stand_in.answer = accepted(REFUNDED)

    outcome = gateway.refund(_refund(is_synchronous=True))

    assert outcome.result is Result.SUCCEEDED
    assert outcome.trade.payer_amount == Money(1849, "CNY")
    (call,) = stand_in.calls
    assert call.form["sign"] == "084fa3d82c0045c272f11473aa2a6884"
    assert call.form["is_sync"] == "Y"


def test_a_recorded_refund_is_pending_and_says_where_to_notify(
    gateway: AlipayGateway, stand_in: StandIn
) -> None:
    stand_in.answer = accepted(REFUNDED)

    outcome = gateway.refund(_refund(is_synchronous=False))

    assert (outcome.result, outcome.code) == (Result.PENDING, "SUCCESS")
    assert stand_in.calls[0].form["is_sync"] == "N"
    assert stand_in.calls[0].form["notify_url"] == "https://example.org/notify"


@pytest.mark.parametrize(
    ("change", "result", "code"),
    [
        ({"refund_amount": "20.51"}, Result.UNKNOWN, "CONTRADICTION"),
        ({"currency": "USD"}, Result.UNKNOWN, "CONTRADICTION"),
        ({"partner_refund_id": "RF8"}, Result.UNKNOWN, "CONTRADICTION"),
        ({"result_code": "UNKNOW"}, Result.UNKNOWN, "UNKNOW"),
        (
            {"result_code": "FAILED", "error": "RETURN_AMOUNT_EXCEED"},
            Result.FAILED,
            "RETURN_AMOUNT_EXCEED",
        ),
        (
            {"result_code": "FAILED", "error": "REPEATED_REFUNDMENT_REQUEST"},
            Result.UNKNOWN,
            "REPEATED_REFUNDMENT_REQUEST",
        ),
    ],
)
def test_a_refund_is_judged_by_its_own_words(
    gateway: AlipayGateway,
    stand_in: StandIn,
    change: dict[str, str],
    result: Result,
    code: str,
) -> None:
    stand_in.answer = accepted(REFUNDED | change)

    outcome = gateway.refund(_refund(is_synchronous=True))

    assert (outcome.result, outcome.code) == (result, code)


@pytest.mark.parametrize(
    ("fields", "result", "code"),
    [
        ({"refund_result_code": "SUCCESS"}, Result.SUCCEEDED, "SUCCESS"),
        ({"refund_result_code": "PROCESSING"}, Result.PENDING, "PROCESSING"),
        (
            {
                "refund_result_code": "PROCESSING",
                "refund_error_code": "MERCHANT_BALANCE_NOT_ENOUGH",
            },
            Result.PENDING,
            "MERCHANT_BALANCE_NOT_ENOUGH",
        ),
        ({"refund_result_code": "FAILED"}, Result.FAILED, "FAILED"),
        ({"refund_result_code": "CANCELED"}, Result.FAILED, "CANCELED"),
        ({"refund_result_code": "MAYBE"}, Result.UNKNOWN, "MAYBE"),
        ({}, Result.UNKNOWN, None),
        (
            {"out_return_no": "RF8", "refund_result_code": "SUCCESS"},
            Result.UNKNOWN,
            "CONTRADICTION",
        ),
        ({"response_code": "NOT_FOUND"}, Result.UNKNOWN, "NOT_FOUND"),
        ({"response_code": "QUERY_FAILED"}, Result.UNKNOWN, "QUERY_FAILED"),
    ],
)
def test_a_refund_query_has_a_word_for_the_query_and_one_for_the_refund(
    gateway: AlipayGateway,
    stand_in: StandIn,
    fields: dict[str, str],
    result: Result,
    code: str | None,
) -> None:
    answer = {"response_code": "SUCCESS", "out_trade_no": PAYMENT, "out_return_no": "RF7"}
    stand_in.answer = accepted(answer | fields)

    outcome = gateway.query_refund(partner_trans_id=PAYMENT, partner_refund_id="RF7")

    assert (outcome.result, outcome.code) == (result, code)
    assert outcome.is_trade_missing is (fields.get("response_code") == "NOT_FOUND")
    assert outcome.is_configuration_fault is ("refund_error_code" in fields)
    assert stand_in.calls[0].form["out_return_no"] == "RF7"


@pytest.mark.parametrize(
    ("body", "result"),
    [
        (b"true", Result.SUCCEEDED),
        (b"false", Result.FAILED),
        (b"invalid", Result.FAILED),
        (b"True", Result.UNKNOWN),
        (b"true\n<html>", Result.UNKNOWN),
        (b"", Result.UNKNOWN),
        (refused("ILLEGAL_SIGN"), Result.UNKNOWN),
    ],
)
def test_only_the_exact_words_confirm_or_deny_a_notification(
    gateway: AlipayGateway, stand_in: StandIn, body: bytes, result: Result
) -> None:
    stand_in.answer = body

    outcome = gateway.verify_with_scheme("RqPnCoPT3K9vwbh3I")

    assert outcome.result is result
    assert stand_in.calls[0].form["service"] == "notify_verify"
    assert stand_in.calls[0].form["notify_id"] == "RqPnCoPT3K9vwbh3I"


def test_the_merchants_coupon_is_read_in_the_payments_currency(
    gateway: AlipayGateway, stand_in: StandIn
) -> None:
    stand_in.answer = accepted(
        PAID | {"alipay_trans_status": "TRADE_SUCCESS", "m_discount_forex_amount": "20.05"}
    )

    outcome = gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT)

    assert outcome.trade.merchant_discount == Money(2005, "HKD")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("trans_amount_cny", "1e900000"),
        ("trans_amount_cny", "NaN"),
        ("exchange_rate", "cheap"),
        ("exchange_rate", "-1"),
        ("alipay_pay_time", "20261399999999"),
        ("m_discount_forex_amount", "0.005"),
    ],
)
def test_a_fact_that_cannot_be_read_is_left_out_and_the_payment_stands(
    gateway: AlipayGateway, stand_in: StandIn, name: str, text: str
) -> None:
    facts = {
        "trans_amount_cny": "payer_amount",
        "exchange_rate": "exchange_rate",
        "alipay_pay_time": "paid_at",
        "m_discount_forex_amount": "merchant_discount",
    }
    stand_in.answer = accepted(PAID | {"alipay_trans_status": "TRADE_SUCCESS", name: text})

    outcome = gateway.query(partner_trans_id=PAYMENT, amount=AMOUNT)

    assert outcome.result is Result.SUCCEEDED
    assert getattr(outcome.trade, facts[name]) is None
