from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.alipay.gateway import AlipayGateway
from connectors.base import PayRequest, Result
from kernel.money import Money
from tests.connectors.alipay.stand_in import StandIn, accepted, md5_of, refused, signed_text

# The answer of the reference's example, with its published signature (§2.4).
PAID = {
    "alipay_buyer_login_id": "159****5620",
    "alipay_buyer_user_id": "2088000000000099",
    "alipay_pay_time": "20261122143007",
    "alipay_trans_id": "2026112222001400990000000042",
    "currency": "HKD",
    "exchange_rate": "0.90207000",
    "partner_trans_id": "TG20261122000042",
    "result_code": "SUCCESS",
    "trans_amount": "120.50",
    "trans_amount_cny": "108.70",
}
PAID_SIGNATURE = "576044ca9fdbd1f219744a9ecc0abf7a"


def test_the_published_answer_is_a_payment_with_all_its_facts(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = accepted(PAID, sign=PAID_SIGNATURE)

    outcome = gateway.pay(pay_request)

    assert outcome.result is Result.SUCCEEDED
    assert outcome.code == "SUCCESS"
    assert outcome.failure_code is None
    assert outcome.trade.scheme_transaction_id == "2026112222001400990000000042"
    assert outcome.trade.payer_account == "159****5620"
    assert outcome.trade.payer_user_id == "2088000000000099"
    assert outcome.trade.payer_amount == Money(10870, "CNY")
    assert outcome.trade.exchange_rate == "0.90207000"
    assert outcome.trade.wallet == "alipay"
    assert outcome.trade.paid_at == datetime(2026, 11, 22, 6, 30, 7, tzinfo=UTC)


def test_the_request_on_the_wire_is_the_published_one(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = accepted(PAID)

    gateway.pay(pay_request)

    (call,) = stand_in.calls
    assert call.query == {"_input_charset": ["UTF-8"]}
    assert "_input_charset" not in call.form
    assert call.form["sign"] == "b42103bdfc70fda085f5dfadc438bc19"
    assert call.form["sign_type"] == "MD5"
    assert call.form["trans_create_time"] == "20261122143005"
    assert call.extend_info["store_id"] == "S001"
    unsigned = {n: v for n, v in call.parameters.items() if n not in {"sign", "sign_type"}}
    assert md5_of(signed_text(unsigned)) == "b42103bdfc70fda085f5dfadc438bc19"


@pytest.mark.parametrize(
    ("text", "signature", "result"),
    [
        (
            "error=SOUNDWAVE_PARSER_FAIL&partner_trans_id=TG20261122000042&result_code=FAILED",
            "70483c079e4463e9472fa0ef3a0a76a5",
            Result.FAILED,
        ),
        (
            "error=SYSTEM_ERROR&partner_trans_id=TG20261122000042&result_code=UNKNOW",
            "9e05f0a14f5d40fb380791dd443e1137",
            Result.UNKNOWN,
        ),
    ],
)
def test_the_published_declined_and_unknown_answers_are_read(
    gateway: AlipayGateway,
    stand_in: StandIn,
    pay_request: PayRequest,
    text: str,
    signature: str,
    result: Result,
) -> None:
    fields = dict(part.split("=") for part in text.split("&"))
    stand_in.answer = accepted(fields, sign=signature)

    outcome = gateway.pay(pay_request)

    assert outcome.result is result
    assert outcome.code == fields["error"]


def test_a_configuration_refusal_fails_the_pay_and_alarms(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = refused("ILLEGAL_SIGN")

    outcome = gateway.pay(pay_request)

    assert outcome.result is Result.FAILED
    assert outcome.failure_code == "scheme_configuration"
    assert outcome.is_configuration_fault is True


@pytest.mark.parametrize(
    "error", ["SYSTEM_ERROR", "SESSION_TIMEOUT", "SOMETHING_NEW", "SOUNDWAVE_PARSER_FAIL", ""]
)
def test_an_unsigned_refusal_for_another_reason_leaves_the_pay_in_doubt(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest, error: str
) -> None:
    stand_in.answer = refused(error)

    outcome = gateway.pay(pay_request)

    assert outcome.result is Result.UNKNOWN
    assert outcome.failure_code is None


def test_a_refusal_with_a_wrong_signature_is_not_believed(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = refused("ILLEGAL_SIGN").replace(b"</error>", b"</error><sign>00ff</sign>")

    outcome = gateway.pay(pay_request)

    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "BAD_SIGNATURE")


def test_yen_travel_as_an_integer(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = accepted(PAID | {"currency": "JPY", "trans_amount": "500"})

    outcome = gateway.pay(replace(pay_request, amount=Money(500, "JPY")))

    assert stand_in.calls[0].form["trans_amount"] == "500"
    assert outcome.result is Result.SUCCEEDED


def test_a_title_is_cleaned_before_it_is_signed(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = accepted(PAID)
    title = '  tea\x00\n"green" ' + "茶" * 300

    gateway.pay(replace(pay_request, title=title))

    sent = stand_in.calls[0].form["trans_name"]
    assert sent == ("tea 'green' " + "茶" * 300)[:256]
    unsigned = {
        n: v for n, v in stand_in.calls[0].parameters.items() if n not in {"sign", "sign_type"}
    }
    assert stand_in.calls[0].form["sign"] == md5_of(signed_text(unsigned))
