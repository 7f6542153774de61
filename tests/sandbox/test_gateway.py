"""What the gateway itself refuses, and the envelope of what it takes (reference §1)."""

import hashlib
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from lxml import etree

from sandbox.signing import is_signed, new_private_pem, public_base64, sign
from tests.sandbox.till import PARTNER, Till, md5, text_to_sign


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"service": "alipay.acquire.unknown"}, "ILLEGAL_SERVICE"),
        ({"partner": "2088000000000009"}, "ILLEGAL_PARTNER"),
        ({"sign_type": "RSA2"}, "ILLEGAL_SIGN_TYPE"),
        ({"sign_type": "md5"}, "ILLEGAL_SIGN_TYPE"),
        ({"_input_charset": "latin-1"}, "ILLEGAL_CHARSET"),
        ({"sign": "0" * 32}, "ILLEGAL_SIGN"),
        ({"partner_trans_id": "another"}, "ILLEGAL_SIGN"),
    ],
)
def test_the_gateway_refuses_unsigned(till: Till, change: dict[str, str], error: str) -> None:
    assert till.refusal(till.signed("query", partner_trans_id="T1") | change) == error


def test_a_partner_without_contract_is_refused(till: Till) -> None:
    till.control(
        "PUT", f"partners/{PARTNER}", {"sign_type": "MD5", "md5_key": "k", "is_active": False}
    )
    assert till.refusal(till.signed("query", partner_trans_id="T1")) == "ILLEGAL_PARTNER_EXTERFACE"


@pytest.mark.parametrize(
    "change",
    [
        {"buyer_identity_code": "28123456789012"},  # 14 digits
        {"buyer_identity_code": "281234567890123"},  # 15
        {"buyer_identity_code": "28" + "1" * 23},  # 25
        {"buyer_identity_code": "241234567890123456"},
        {"buyer_identity_code": "311234567890123456"},
        {"biz_product": "OTHER"},
        {"alipay_seller_id": "2088000000000002"},
        {"trans_name": ""},
        {"trans_create_time": "2026-11-23"},
        {"identity_code_type": "wave"},
        {"partner_trans_id": "T" * 65},
        {"memo": "\x01"},
        {"notify_url": "ftp://till.test/"},
    ],
)
def test_an_ill_formed_pay_is_an_illegal_argument(till: Till, change: dict[str, str]) -> None:
    customer = till.customer()
    said = till.pay_fields(till.code(customer)) | change
    assert till.refusal(till.signed("pay", **said)) == "ILLEGAL_ARGUMENT"
    assert till.balance(customer) == 100_000


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        ("query", {}),
        ("cancel", {"timestamp": "1795406400000"}),
        ("cancel", {"out_trade_no": "T1"}),
        ("cancel", {"out_trade_no": "T1", "timestamp": "now"}),
        ("refund", {"partner_trans_id": "T1", "refund_amount": "1.00", "currency": "HKD"}),
        ("refund_query", {"out_trade_no": "T1"}),
    ],
)
def test_a_call_without_its_fields_is_an_illegal_argument(
    till: Till, call: str, fields: dict[str, str]
) -> None:
    assert till.refusal(till.signed(call, **fields)) == "ILLEGAL_ARGUMENT"


@pytest.mark.parametrize("stamp", ["1795406400000", "2026-11-23 12:00:00"])
def test_a_cancel_takes_both_forms_of_the_time(till: Till, stamp: str) -> None:
    assert till.call("cancel", out_trade_no="T1", timestamp=stamp)["result_code"] == "SUCCESS"


def _post(till: Till, said: dict[str, str]) -> bytes:
    body = {name: value for name, value in said.items() if name != "_input_charset"}
    address = f"{till.url}/gateway.do?_input_charset=UTF-8"
    return till.http.post(address, data=body, timeout=10).content


def test_get_and_post_answer_alike(till: Till) -> None:
    said = till.signed("query", partner_trans_id="T1", memo="茶")
    assert _post(till, said) == till.send(said).content


def test_the_answer_echoes_the_request_and_leaves_empty_fields_out(till: Till) -> None:
    said = till.signed("pay", **till.pay_fields(till.magic("needs_password"), memo="<&>"))
    root = etree.fromstring(_post(till, said))
    echo = {param.get("name"): param.text or "" for param in root.iterfind("request/param")}
    assert echo == said
    assert root.find("response/alipay/alipay_pay_time") is None
    assert all(child.text for child in root.iterfind("response/alipay/*"))


def test_a_request_in_gbk_is_read_and_signed_in_gbk(till: Till) -> None:
    said = till.signed("query", partner_trans_id="T1", memo="茶") | {"_input_charset": "GBK"}
    text = text_to_sign(said) + "abcdefghijklmnopqrstuvwxyz012345"
    said["sign"] = hashlib.md5(text.encode("gbk")).hexdigest()  # noqa: S324 - the scheme's
    answer = till.http.get(f"{till.url}/gateway.do?" + urlencode(said, encoding="gbk"), timeout=10)
    assert etree.fromstring(answer.content).findtext("is_success") == "T"


def test_too_many_or_too_long_parameters_are_refused(till: Till) -> None:
    assert till.refusal({f"p{number}": "1" for number in range(101)}) == "ILLEGAL_ARGUMENT"
    long = till.http.post(f"{till.url}/gateway.do", data={"memo": "x" * 200_000}, timeout=10)
    assert long.status_code == 413


def test_the_rate_file_has_a_line_per_currency(till: Till) -> None:
    answer = till.send(till.signed("forex_rate_file"))
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert "20261123|100030|HKD|0.902070|" in lines
    assert "20261123|100030|JPY|0.047120|" in lines
    assert len(lines) == 25


def _sign_with_rsa2(till: Till) -> Callable[[dict[str, str]], dict[str, str]]:
    pem = new_private_pem()
    body = {"sign_type": "RSA2", "public_key": public_base64(pem)}
    till.control("PUT", "partners/2088000000000002", body)

    def signed(said: dict[str, str]) -> dict[str, str]:
        signature = sign(text_to_sign(said), "RSA2", private_pem=pem, md5_key="")
        return said | {"sign": signature, "sign_type": "RSA2"}

    return signed


def test_a_partner_with_rsa2_gets_an_answer_signed_with_alipays_key(till: Till) -> None:
    signed = _sign_with_rsa2(till)
    said = {"service": "alipay.acquire.overseas.query", "partner": "2088000000000002"}
    root = etree.fromstring(till.send(signed(said | {"partner_trans_id": "T1"})).content)
    text = text_to_sign({child.tag: child.text for child in root.iterfind("response/alipay/*")})
    assert text == "error=TRADE_NOT_EXIST&result_code=FAIL"
    told = till.control("GET", "partners/2088000000000002")["alipay_public_key"]
    assert is_signed(
        text, root.findtext("sign"), "RSA2", public_key=told, md5_key="", charset="utf-8"
    )
    assert root.findtext("sign") != md5(text)
