"""Whatever is odd about an answer, the payment stays in doubt: never failed, never succeeded."""

import hashlib
import socket
from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.alipay.config import CallLimit, CallLimits, GatewayConfig
from connectors.alipay.gateway import AlipayGateway
from connectors.base import Contradiction, Outcome, PayRequest, Result
from kernel.money import Money
from tests.connectors.alipay.stand_in import (
    MD5_KEY,
    Call,
    Handler,
    StandIn,
    accepted,
    md5_of,
    signed_text,
)
from tests.connectors.alipay.test_pay import PAID, PAID_SIGNATURE

GENUINE = accepted(PAID, sign=PAID_SIGNATURE)
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE alipay [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (c, *[c - 1] * 10)
        for c in range(ord("b"), ord("k"))
    )
    + b"]><alipay><is_success>T</is_success><error>&j;</error></alipay>"
)
HARMLESS_DOCTYPE = GENUINE.replace(b"?><alipay>", b"?><!DOCTYPE alipay><alipay>", 1)
FILE_ENTITY = GENUINE.replace(
    b"?><alipay>", b'?><!DOCTYPE alipay [<!ENTITY f SYSTEM "file:///etc/hostname">]><alipay>', 1
).replace(b"<request>", b"<request>&f;")
DEEP = b"<alipay>" * 2000 + b"</alipay>" * 2000


def assert_doubt(outcome: Outcome, code: str | None) -> None:
    assert outcome.result is Result.UNKNOWN
    assert outcome.code == code
    assert outcome.failure_code is None
    assert outcome.message
    assert outcome.trade.scheme_transaction_id is None
    assert outcome.evidence.was_sent is True


def test_the_answer_that_the_doubts_start_from_is_believed(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = GENUINE

    assert gateway.pay(pay_request).result is Result.SUCCEEDED


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(accepted(PAID, sign=""), "BAD_SIGNATURE", id="no signature"),
        pytest.param(accepted(PAID, sign="0" * 32), "BAD_SIGNATURE", id="wrong signature"),
        pytest.param(accepted(PAID, sign=PAID_SIGNATURE.upper()), "BAD_SIGNATURE", id="upper case"),
        pytest.param(
            GENUINE.replace(b">120.50<", b">120.60<"), "BAD_SIGNATURE", id="changed after signing"
        ),
        pytest.param(
            b"<alipay><is_success>T</is_success><sign>%s</sign></alipay>"
            % md5_of("error=").encode(),
            "BAD_SIGNATURE",
            id="signed nothing",
        ),
        pytest.param(accepted(PAID | {"trans_amount": "120.51"}), "CONTRADICTION", id="amount"),
        pytest.param(accepted(PAID | {"trans_amount": "many"}), "CONTRADICTION", id="no number"),
        pytest.param(accepted(PAID | {"currency": "USD"}), "CONTRADICTION", id="currency"),
        pytest.param(accepted(PAID | {"currency": "XXL"}), "CONTRADICTION", id="no currency"),
        pytest.param(accepted(PAID | {"partner_trans_id": "TG2"}), "CONTRADICTION", id="id"),
        pytest.param(
            accepted({n: v for n, v in PAID.items() if n != "partner_trans_id"}),
            "CONTRADICTION",
            id="no id",
        ),
        pytest.param(
            accepted({n: v for n, v in PAID.items() if n != "trans_amount"}),
            "CONTRADICTION",
            id="no amount",
        ),
        pytest.param(
            accepted(
                {"result_code": "FAILED", "error": "BUYER_NOT_EXIST", "partner_trans_id": "TG2"}
            ),
            "CONTRADICTION",
            id="another payment's decline",
        ),
        pytest.param(
            accepted(
                {"result_code": "FAILED", "error": "BUYER_NOT_EXIST"},
                echo={"partner_trans_id": "TG2"},
            ),
            "CONTRADICTION",
            id="another request's echo",
        ),
        pytest.param(GENUINE[:-20], "UNREADABLE_ANSWER", id="half an answer"),
        pytest.param(b"", "UNREADABLE_ANSWER", id="empty"),
        pytest.param(b"\x00\xff\xfe" * 50, "UNREADABLE_ANSWER", id="bytes"),
        pytest.param(GENUINE + b"<more/>", "UNREADABLE_ANSWER", id="two roots"),
        pytest.param(
            b"<!DOCTYPE html><html><body>Maintenance<br></body></html>",
            "UNREADABLE_ANSWER",
            id="HTML page",
        ),
        pytest.param(
            b"<html><is_success>T</is_success></html>", "UNREADABLE_ANSWER", id="well-formed HTML"
        ),
        pytest.param(BILLION_LAUGHS, "UNREADABLE_ANSWER", id="billion laughs"),
        pytest.param(HARMLESS_DOCTYPE, "UNREADABLE_ANSWER", id="document type"),
        pytest.param(FILE_ENTITY, "UNREADABLE_ANSWER", id="file entity"),
        pytest.param(DEEP, "UNREADABLE_ANSWER", id="deep"),
        pytest.param(
            GENUINE.replace(b"<result_code>", b"<result_code><!-- -->"),
            "UNREADABLE_ANSWER",
            id="comment in a field",
        ),
        pytest.param(
            GENUINE.replace(b"<result_code>", b"<result_code>FAILED</result_code><result_code>"),
            "UNREADABLE_ANSWER",
            id="a field twice",
        ),
        pytest.param(
            GENUINE.replace(b"<is_success>T", b"<is_success>true"),
            "UNREADABLE_ANSWER",
            id="another flag",
        ),
        pytest.param(
            GENUINE.replace(b'encoding="UTF-8"', b'encoding="KLINGON"'),
            "UNREADABLE_ANSWER",
            id="unknown encoding",
        ),
    ],
)
def test_an_answer_in_doubt_ends_nothing(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest, body: bytes, code: str
) -> None:
    stand_in.answer = body

    outcome = gateway.pay(pay_request)

    assert_doubt(outcome, code)
    assert len(stand_in.calls) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"result_code": "FAILED", "error": "SOMETHING_NEW"}, "SOMETHING_NEW"),
        ({"result_code": "FAILED", "error": "SUCCESS"}, "SUCCESS"),
        ({"result_code": "FAILED"}, None),
        ({"result_code": "FAIL", "error": "BUYER_NOT_EXIST"}, "BUYER_NOT_EXIST"),
        ({"result_code": "success"}, "success"),
        ({"result_code": "UNKNOW", "error": "BUYER_NOT_EXIST"}, "BUYER_NOT_EXIST"),
        ({"error": "BUYER_NOT_EXIST"}, "BUYER_NOT_EXIST"),
    ],
)
def test_a_genuine_answer_with_unlisted_words_ends_nothing(
    gateway: AlipayGateway,
    stand_in: StandIn,
    pay_request: PayRequest,
    fields: dict[str, str],
    code: str | None,
) -> None:
    stand_in.answer = accepted(fields | {"partner_trans_id": pay_request.partner_trans_id})

    outcome = gateway.pay(pay_request)

    assert (outcome.result, outcome.code) == (Result.UNKNOWN, code)
    assert outcome.failure_code is None


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 404, 500, 503])
def test_another_http_status_is_a_doubt_and_a_redirect_is_not_followed(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest, status: int
) -> None:
    body = b"" if status == 204 else GENUINE
    stand_in.answer = lambda handler, _: handler.reply(body, status, Location=stand_in.url)

    outcome = gateway.pay(pay_request)

    assert_doubt(outcome, "UNREADABLE_ANSWER")
    assert outcome.evidence.http_status == status
    assert len(stand_in.calls) == 1


def _say_nothing(handler: Handler, _: Call) -> None:
    handler.stand_in.stop.wait()


def _close_at_once(handler: Handler, _: Call) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def _end_early(handler: Handler, _: Call) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(GENUINE) + 1}\r\n\r\n"
    handler.wfile.write(head.encode() + GENUINE)
    _close_at_once(handler, _)


def _drip(text: bytes) -> Callable[[Handler, Call], None]:
    """One byte at a time, each well within any socket time-out; in the end a genuine answer."""

    def drip(handler: Handler, _: Call) -> None:
        for i in range(min(len(text), 200)):
            handler.wfile.write(text[i : i + 1])
            if handler.stand_in.stop.wait(0.05):
                return
        handler.wfile.write(text[200:])

    return drip


_WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(GENUINE), GENUINE)
_LONG_HEAD = b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 300 + _WHOLE[15:]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(_say_nothing, "read timed out", id="silence"),
        pytest.param(_drip(_WHOLE), "read timed out", id="dripping body"),
        pytest.param(_drip(_LONG_HEAD), "read timed out", id="dripping headers"),
        pytest.param(_close_at_once, "the connection was lost", id="closed"),
        pytest.param(_end_early, "the answer ended early", id="ended early"),
    ],
)
def test_an_answer_that_does_not_arrive_whole_and_in_time_is_a_doubt(
    config: GatewayConfig,
    stand_in: StandIn,
    pay_request: PayRequest,
    answer: Callable[[Handler, Call], None],
    error: str,
) -> None:
    stand_in.answer = answer
    gateway = AlipayGateway(replace(config, limits=CallLimits(pay=CallLimit(2, 0.4))))

    outcome = gateway.pay(pay_request)
    gateway.close()

    assert_doubt(outcome, None)
    assert outcome.evidence.error == error
    assert outcome.message == error
    assert len(stand_in.calls) == 1


@pytest.mark.parametrize("is_chunked", [True, False])
def test_an_answer_above_the_limit_is_cut_off_and_its_connection_is_not_used_again(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest, is_chunked: bool
) -> None:
    huge = b"x" * 200_000

    def flood(handler: Handler, _: Call) -> None:
        if is_chunked:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            handler.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(huge), huge))
        else:
            handler.reply(huge)

    stand_in.answer = flood
    first = gateway.pay(pay_request)
    stand_in.answer = GENUINE
    second = gateway.pay(pay_request)

    assert_doubt(first, None)
    assert first.evidence.error == "the answer is larger than 65536 bytes"
    assert first.evidence.response is not None
    assert len(first.evidence.response.encode()) == 16 * 1024
    assert second.result is Result.SUCCEEDED
    assert stand_in.connections == 2


def test_a_success_that_names_a_different_amount_of_money_than_asked_is_a_doubt(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = GENUINE

    assert_doubt(gateway.pay(replace(pay_request, amount=Money(12051, "HKD"))), "CONTRADICTION")


@pytest.mark.parametrize(
    ("change", "contradiction"),
    [
        (
            {"trans_amount": "0.01"},
            Contradiction(
                "other_amount",
                {"trans_amount": "0.01", "currency": "HKD", "result_code": "SUCCESS"},
            ),
        ),
        ({"partner_trans_id": "TG2"}, Contradiction("other_trade", {"partner_trans_id": "TG2"})),
        ({"trans_amount": None, "currency": None}, None),  # nothing said contradicts nothing
    ],
)
def test_a_signed_answer_about_something_else_says_what_it_was_about(
    gateway: AlipayGateway,
    stand_in: StandIn,
    pay_request: PayRequest,
    change: dict[str, str | None],
    contradiction: Contradiction | None,
) -> None:
    fields = {name: value for name, value in (PAID | change).items() if value is not None}
    stand_in.answer = accepted(fields)

    outcome = gateway.pay(pay_request)

    assert_doubt(outcome, "CONTRADICTION")
    assert outcome.contradiction == contradiction


def test_an_answer_in_gbk_is_read_and_its_signature_holds_over_either_encoding(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    fields = PAID | {"display_message": "支付成功"}
    text = signed_text(fields)
    as_gbk = accepted(fields).decode().replace('"UTF-8"', '"GBK"')
    over_gbk = as_gbk.replace(md5_of(text), _md5_over_gbk(text))

    for body in (as_gbk, over_gbk):
        stand_in.answer = body.encode("gbk")
        outcome = gateway.pay(pay_request)
        assert outcome.result is Result.SUCCEEDED
        assert outcome.message == "支付成功"
        assert "支付成功" in str(outcome.evidence.response)


def _md5_over_gbk(text: str) -> str:
    return hashlib.md5(text.encode("gbk") + MD5_KEY.encode()).hexdigest()  # noqa: S324


@pytest.mark.parametrize("is_counted", [True, False])
def test_empty_fields_may_or_may_not_be_signed(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest, is_counted: bool
) -> None:
    fields = PAID | {"error": ""}
    sign = md5_of(signed_text(fields)) if is_counted else PAID_SIGNATURE
    stand_in.answer = accepted(fields, sign=sign)

    assert gateway.pay(pay_request).result is Result.SUCCEEDED


def test_escaped_characters_are_signed_unescaped(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    fields = PAID | {"display_message": "tea & <cake>"}
    stand_in.answer = accepted(fields)

    outcome = gateway.pay(pay_request)

    assert outcome.result is Result.SUCCEEDED
    assert outcome.message == "tea & <cake>"
