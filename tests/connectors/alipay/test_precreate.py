"""Precreate: the order on the wire, and what its answers are taken for (reference §4)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.alipay.gateway import AlipayGateway
from connectors.base import PresentRequest, Result
from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from tests.connectors.alipay.stand_in import StandIn, accepted, md5_of, refused, signed_text

CODE = "https://qr.alipay.com/bax03105rzpp6kwdbvvo0046"
PICTURE = "https://mobilecodec.alipay.com/show.htm?code=bax03105rzpp6kwdbvvo0046"
ANSWER = {
    "big_pic_url": f"{PICTURE}&picSize=L",
    "out_trade_no": "TG20261122000042",
    "pic_url": f"{PICTURE}&picSize=M",
    "qr_code": CODE,
    "result_code": "SUCCESS",
    "small_pic_url": f"{PICTURE}&picSize=S",
    "voucher_type": "qrcode",
}


@pytest.fixture
def request_() -> PresentRequest:
    return PresentRequest(
        partner_trans_id="TG20261122000042",
        amount=Money(12050, "HKD"),
        title="Harbour Tea Central",
        created_at=datetime(2026, 11, 22, 16, 30, 5, tzinfo=UTC),
        lifetime_seconds=120,
        notify_url="https://pay.example.test/notify",
        merchant_id="M0001",
        merchant_name="Harbour Tea",
        merchant_mcc="5812",
        store_id="S001",
        store_name="Harbour Tea Central",
        terminal_id="T01",
    )


def test_the_order_on_the_wire_is_complete_and_signed(
    gateway: AlipayGateway, stand_in: StandIn, request_: PresentRequest
) -> None:
    stand_in.answer = accepted(ANSWER)

    with using_clock(ManualClock(request_.created_at)):
        gateway.present(request_)

    (call,) = stand_in.calls
    unsigned = {n: v for n, v in call.parameters.items() if n not in {"sign", "sign_type"}}
    assert call.form["sign"] == md5_of(signed_text(unsigned))
    assert unsigned == {
        "service": "alipay.acquire.precreate",
        "partner": "2088000000000001",
        "_input_charset": "UTF-8",
        "notify_url": "https://pay.example.test/notify",
        "timestamp": "2026-11-23 00:30:05",
        "seller_id": "2088000000000001",
        "subject": "Harbour Tea Central",
        "product_code": "OVERSEAS_MBARCODE_PAY",
        "out_trade_no": "TG20261122000042",
        "currency": "HKD",
        "total_fee": "120.50",
        "it_b_pay": "2m",
        "qr_code_it_b_pay": "2m",
        "extend_params": (
            '{"secondary_merchant_id":"M0001","secondary_merchant_name":"Harbour Tea",'
            '"secondary_merchant_industry":"5812","store_id":"S001",'
            '"store_name":"Harbour Tea Central","terminal_id":"T01"}'
        ),
    }


@pytest.mark.parametrize(
    ("seconds", "text"), [(10, "1m"), (60, "1m"), (61, "2m"), (119, "2m"), (180, "3m")]
)
def test_a_lifetime_is_rounded_up_to_whole_minutes(
    gateway: AlipayGateway, stand_in: StandIn, request_: PresentRequest, seconds: int, text: str
) -> None:
    stand_in.answer = accepted(ANSWER)

    gateway.present(replace(request_, lifetime_seconds=seconds))

    assert stand_in.calls[0].form["it_b_pay"] == text


def test_the_signed_answer_brings_the_code_although_picture_addresses_hold_a_bare_ampersand(
    gateway: AlipayGateway, stand_in: StandIn, request_: PresentRequest
) -> None:
    stand_in.answer = accepted(ANSWER)

    outcome = gateway.present(request_)

    assert (outcome.result, outcome.qr_code) == (Result.SUCCEEDED, CODE)
    assert b"picSize" in stand_in.answer
    assert outcome.trade.scheme_transaction_id is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"qr_code": ""}, "UNREADABLE_ANSWER"),
        ({"qr_code": "x" * 513}, "UNREADABLE_ANSWER"),
        ({"out_trade_no": "SOMEBODY-ELSE"}, "CONTRADICTION"),
        ({"out_trade_no": ""}, "CONTRADICTION"),
        ({"result_code": "UNKNOWN"}, "UNKNOWN"),
        ({"result_code": "SOMETHING_NEW"}, "SOMETHING_NEW"),
    ],
)
def test_a_success_without_a_code_of_ours_is_in_doubt_and_shows_none(
    gateway: AlipayGateway,
    stand_in: StandIn,
    request_: PresentRequest,
    change: dict[str, str],
    code: str,
) -> None:
    stand_in.answer = accepted({n: v for n, v in (ANSWER | change).items() if v})

    outcome = gateway.present(request_)

    assert (outcome.result, outcome.code, outcome.qr_code) == (Result.UNKNOWN, code, None)


def test_a_bad_signature_shows_no_code(
    gateway: AlipayGateway, stand_in: StandIn, request_: PresentRequest
) -> None:
    stand_in.answer = accepted(ANSWER, sign=md5_of("something else"))

    outcome = gateway.present(request_)

    assert (outcome.result, outcome.code, outcome.qr_code) == (
        Result.UNKNOWN, "BAD_SIGNATURE", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "result", "failure_code"),
    [
        ("INVALID_PARAMETER", Result.FAILED, "scheme_configuration"),
        ("SYSTEM_ERROR", Result.UNKNOWN, None),
        ("SOMETHING_NEW", Result.UNKNOWN, None),
    ],
)
def test_a_failure_ends_only_what_its_reason_ends(
    gateway: AlipayGateway,
    stand_in: StandIn,
    request_: PresentRequest,
    reason: str,
    result: Result,
    failure_code: str | None,
) -> None:
    stand_in.answer = accepted(
        {"result_code": "FAIL", "detail_error_code": reason, "detail_error_des": "in words"}
    )

    outcome = gateway.present(request_)

    assert (outcome.result, outcome.code) == (result, reason)
    assert (outcome.failure_code, outcome.message) == (failure_code, "in words")


def test_the_gateways_refusal_of_a_precreate_is_final_as_that_of_a_pay(
    gateway: AlipayGateway, stand_in: StandIn, request_: PresentRequest
) -> None:
    stand_in.answer = refused("ILLEGAL_SIGN")

    outcome = gateway.present(request_)

    assert (outcome.result, outcome.failure_code) == (Result.FAILED, "scheme_configuration")


def test_a_precreate_is_never_sent_twice(
    stand_in: StandIn, gateway: AlipayGateway, request_: PresentRequest
) -> None:
    stand_in.answer = b"<html>maintenance</html>"

    outcome = gateway.present(request_)

    assert outcome.result is Result.UNKNOWN
    assert len(stand_in.calls) == 1
