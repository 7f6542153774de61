"""The reference's vectors against the sandbox's own signing code."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization

from sandbox.signing import is_signed, new_private_pem, public_base64, sign, signed_text
from tests.connectors.alipay.rsa_vectors import PRIVATE_KEY, PUBLIC_KEY, TEXT

KEY = "abcdefghijklmnopqrstuvwxyz012345"
PAY = (
    "_input_charset=UTF-8&alipay_seller_id=2088000000000001&biz_product=OVERSEAS_MBARCODE_PAY"
    "&buyer_identity_code=281234567890123456&currency=HKD"
    '&extend_info={"secondary_merchant_id":"M0001","secondary_merchant_name":"Harbour Tea",'
    '"secondary_merchant_industry":"5812","store_id":"S001","store_name":"Harbour Tea Central",'
    '"terminal_id":"T01"}&identity_code_type=barcode&partner=2088000000000001'
    "&partner_trans_id=TG20261122000042&service=alipay.acquire.overseas.spot.pay"
    "&trans_amount=120.50&trans_create_time=20261122143005&trans_name=Harbour Tea Central"
)
REFUND = (
    "_input_charset=UTF-8&currency=HKD&is_sync=Y&partner=2088000000000001"
    "&partner_refund_id=RF20261122000007&partner_trans_id=TG20261122000042&refund_amount=20.50"
    "&refund_reason=item returned&service=alipay.acquire.overseas.spot.refund"
)
VECTORS = [  # text, key, charset, MD5
    (
        (
            "_input_charset=utf-8&partner=1000000000000000&partner_trans_id=2010121000000002"
            "&service=alipay.acquire.overseas.query"
        ),
        "1" + "0" * 31,
        "utf-8",
        "2a7f598bbb13d02f7de819ae689f80ba",
    ),
    (
        (
            "_input_charset=utf-8&currency=USD&is_sync=Y&partner=1000000000000000"
            "&partner_refund_id=301012133000002&partner_trans_id=2010121000000002&refund_amount=0.01"
            "&service=alipay.acquire.overseas.spot.refund"
        ),
        "1" + "0" * 31,
        "utf-8",
        "397685a0c6b2d71d0d1f374ddba331a0",
    ),
    (PAY, KEY, "utf-8", "b42103bdfc70fda085f5dfadc438bc19"),
    (REFUND, KEY, "utf-8", "084fa3d82c0045c272f11473aa2a6884"),
    (TEXT, KEY, "utf-8", "891b736b6abcfb2077ec356c4be0898d"),
    (TEXT, KEY, "gbk", "1ff03ddebffa26615b4de3c0353d4d12"),
    (
        "error=SOUNDWAVE_PARSER_FAIL&partner_trans_id=TG20261122000042&result_code=FAILED",
        KEY,
        "utf-8",
        "70483c079e4463e9472fa0ef3a0a76a5",
    ),
    (
        "error=SYSTEM_ERROR&partner_trans_id=TG20261122000042&result_code=UNKNOW",
        KEY,
        "utf-8",
        "9e05f0a14f5d40fb380791dd443e1137",
    ),
    (
        (
            "action=refund&out_trade_no=TG20261122000042&result_code=SUCCESS&retry_flag=N"
            "&trade_no=2026112222001400990000000042"
        ),
        KEY,
        "utf-8",
        "11ac39573229f033afb6ceee5cf1023d",
    ),
    (
        (
            "detail_error_code=TRADE_CANCEL_TIME_OUT&out_trade_no=TG20261122000042"
            "&result_code=FAIL&retry_flag=N"
        ),
        KEY,
        "utf-8",
        "1e4f4fe7fb6321e58083db5e8f722c6f",
    ),
]


def _values(text: str) -> dict[str, str]:
    """Take the text apart again; the one ``&`` inside a value is part of the name's own line."""
    if text == TEXT:
        return {"trans_name": "茶&餐厅 <A>", "partner_trans_id": "TG1"}
    return dict(pair.split("=", 1) for pair in reversed(text.split("&")))


@pytest.mark.parametrize(("text", "key", "charset", "expected"), VECTORS)
def test_every_vector_of_the_reference_is_signed_alike(
    text: str, key: str, charset: str, expected: str
) -> None:
    built = signed_text(_values(text) | {"sign": "x", "sign_type": "MD5", "memo": ""})
    assert built == text
    assert sign(built, "MD5", private_pem="", md5_key=key, charset=charset) == expected
    assert is_signed(text, expected, "MD5", public_key="", md5_key=key, charset=charset)
    assert not is_signed(text + "1", expected, "MD5", public_key="", md5_key=key, charset=charset)


def test_an_empty_md5_key_signs_nothing() -> None:
    signature = sign(TEXT, "MD5", private_pem="", md5_key="")
    assert not is_signed(TEXT, signature, "MD5", public_key="", md5_key="", charset="utf-8")


@pytest.mark.parametrize("sign_type", ["RSA", "RSA2"])
def test_a_signature_of_ours_is_good_for_its_own_algorithm_alone(sign_type: str) -> None:
    pem = new_private_pem()
    signature = sign(TEXT, sign_type, private_pem=pem, md5_key="")
    public = public_base64(pem)
    other = {"RSA": "RSA2", "RSA2": "RSA"}[sign_type]
    accepted = {
        name: is_signed(TEXT, signature, name, public_key=public, md5_key="", charset="utf-8")
        for name in (sign_type, other)
    }
    assert accepted == {sign_type: True, other: False}


def test_keys_in_javas_form_are_read() -> None:
    pem = serialization.load_der_private_key(base64.b64decode(PRIVATE_KEY), None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    signature = sign(TEXT, "RSA2", private_pem=pem.decode(), md5_key="")
    assert is_signed(TEXT, signature, "RSA2", public_key=PUBLIC_KEY, md5_key="", charset="utf-8")


@pytest.mark.parametrize("signature", ["", "%%%", "é", "QUJD"])
def test_what_is_no_signature_is_refused_and_breaks_nothing(signature: str) -> None:
    for sign_type in ("MD5", "RSA", "RSA2"):
        assert not is_signed(
            TEXT, signature, sign_type, public_key=PUBLIC_KEY, md5_key=KEY, charset="gbk"
        )
