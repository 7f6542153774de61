import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.alipay.config import BadConfiguration, GatewayConfig, SignType
from connectors.alipay.keys import load_private_key, load_public_key
from connectors.alipay.signing import Md5Signature, signature_for, text_to_sign, verifier_for
from tests.connectors.alipay import rsa_vectors
from tests.connectors.alipay.stand_in import MD5_KEY, PARTNER

CHLOEREI_KEY = "1" + "0" * 31
EXAMPLE_PAY = (
    "_input_charset=UTF-8&alipay_seller_id=2088000000000001&biz_product=OVERSEAS_MBARCODE_PAY"
    "&buyer_identity_code=281234567890123456&currency=HKD&extend_info="
    '{"secondary_merchant_id":"M0001","secondary_merchant_name":"Harbour Tea",'
    '"secondary_merchant_industry":"5812","store_id":"S001",'
    '"store_name":"Harbour Tea Central","terminal_id":"T01"}'
    "&identity_code_type=barcode&partner=2088000000000001&partner_trans_id=TG20261122000042"
    "&service=alipay.acquire.overseas.spot.pay&trans_amount=120.50"
    "&trans_create_time=20261122143005&trans_name=Harbour Tea Central"
)
EXAMPLE_REFUND = (
    "_input_charset=UTF-8&currency=HKD&is_sync=Y&partner=2088000000000001"
    "&partner_refund_id=RF20261122000007&partner_trans_id=TG20261122000042&refund_amount=20.50"
    "&refund_reason=item returned&service=alipay.acquire.overseas.spot.refund"
)


# Published vectors: barcode reference §1.3 (1 to 5), 2.4, 3.3, 3.6.
@pytest.mark.parametrize(
    ("text", "key", "charset", "signature"),
    [
        (
            ("_input_charset=utf-8&partner=1000000000000000&partner_trans_id=2010121000000002"
            "&service=alipay.acquire.overseas.query"),
            CHLOEREI_KEY, "utf-8", "2a7f598bbb13d02f7de819ae689f80ba",
        ),
        (
            ("_input_charset=utf-8&currency=USD&is_sync=Y&partner=1000000000000000"
            "&partner_refund_id=301012133000002&partner_trans_id=2010121000000002"
            "&refund_amount=0.01&service=alipay.acquire.overseas.spot.refund"),
            CHLOEREI_KEY, "utf-8", "397685a0c6b2d71d0d1f374ddba331a0",
        ),
        (EXAMPLE_PAY, MD5_KEY, "utf-8", "b42103bdfc70fda085f5dfadc438bc19"),
        (EXAMPLE_REFUND, MD5_KEY, "utf-8", "084fa3d82c0045c272f11473aa2a6884"),
        (rsa_vectors.TEXT, MD5_KEY, "utf-8", "891b736b6abcfb2077ec356c4be0898d"),
        (rsa_vectors.TEXT, MD5_KEY, "gbk", "1ff03ddebffa26615b4de3c0353d4d12"),
        (
            "error=SOUNDWAVE_PARSER_FAIL&partner_trans_id=TG20261122000042&result_code=FAILED",
            MD5_KEY, "utf-8", "70483c079e4463e9472fa0ef3a0a76a5",
        ),
        (
            "error=SYSTEM_ERROR&partner_trans_id=TG20261122000042&result_code=UNKNOW",
            MD5_KEY, "utf-8", "9e05f0a14f5d40fb380791dd443e1137",
        ),
        (
            ("action=refund&out_trade_no=TG20261122000042&result_code=SUCCESS&retry_flag=N"
            "&trade_no=2026112222001400990000000042"),
            MD5_KEY, "utf-8", "11ac39573229f033afb6ceee5cf1023d",
        ),
        (
            ("detail_error_code=TRADE_CANCEL_TIME_OUT&out_trade_no=TG20261122000042"
            "&result_code=FAIL&retry_flag=N"),
            MD5_KEY, "utf-8", "1e4f4fe7fb6321e58083db5e8f722c6f",
        ),
        (
            "notify_id=RqPnCoPT3K9vwbh3I&partner=2088000000000001&service=notify_verify",
            MD5_KEY, "utf-8", "f44c5b72918cecd4f318cebffcebad27",
        ),
    ],
)  # fmt: skip
def test_the_published_md5_signatures_are_made_and_verified(
    text: str, key: str, charset: str, signature: str
) -> None:
    md5 = Md5Signature(key)

    assert md5.sign(text.encode(charset)) == signature
    assert md5.verify(text.encode(charset), signature) is True
    assert md5.verify(text.encode(charset) + b"x", signature) is False


@pytest.mark.parametrize("text", [EXAMPLE_PAY, EXAMPLE_REFUND])
def test_the_text_to_sign_is_sorted_raw_and_without_empties(text: str) -> None:
    pairs = dict(part.split("=", 1) for part in text.split("&"))
    shuffled = dict(reversed(pairs.items())) | {"memo": "", "sign": "x", "sign_type": "MD5"}

    assert text_to_sign(shuffled) == text


@pytest.mark.parametrize(
    ("sign_type", "signature"),
    [
        (SignType.RSA2, rsa_vectors.RSA2_SIGNATURE),
        (SignType.RSA, rsa_vectors.RSA_SIGNATURE),
    ],
)
def test_rsa_signatures_equal_those_of_openssl(sign_type: SignType, signature: str) -> None:
    config = GatewayConfig(
        partner_id=PARTNER,
        sign_type=sign_type,
        private_key=rsa_vectors.PRIVATE_KEY,
        alipay_public_key=rsa_vectors.PUBLIC_KEY,
    )
    message = rsa_vectors.TEXT.encode()

    assert signature_for(config).sign(message) == signature
    for verifier in (signature_for(config), verifier_for(config)):
        assert verifier.verify(message, signature) is True
        assert verifier.verify(message + b" ", signature) is False
        assert verifier.verify(message, signature[:-8] + "AAAAAA==") is False
        assert verifier.verify(message, "not base64 !") is False
        assert verifier.verify(message, "é") is False


def test_sha1_and_sha256_signatures_are_not_taken_for_each_other() -> None:
    config = GatewayConfig(
        partner_id=PARTNER, sign_type="RSA2", alipay_public_key=rsa_vectors.PUBLIC_KEY
    )

    verifier = verifier_for(config)

    assert verifier.verify(rsa_vectors.TEXT.encode(), rsa_vectors.RSA_SIGNATURE) is False


def test_keys_are_read_as_pem_and_as_java_base64_with_line_breaks() -> None:
    private = load_private_key(rsa_vectors.PRIVATE_KEY)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    public_pem = (
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    broken_lines = "\n".join(
        rsa_vectors.PRIVATE_KEY[i : i + 64] for i in range(0, len(rsa_vectors.PRIVATE_KEY), 64)
    )

    numbers = private.private_numbers()

    assert load_private_key(f"\n{pem}\n").private_numbers() == numbers
    assert load_private_key(broken_lines).private_numbers() == numbers
    assert load_public_key(public_pem) == load_public_key(rsa_vectors.PUBLIC_KEY)


@pytest.mark.parametrize("text", ["", "AAAA", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA"])
def test_an_unreadable_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(BadConfiguration, match=r"^private_key is no readable") as private:
        load_private_key(text)
    with pytest.raises(BadConfiguration, match=r"^alipay_public_key is no readable"):
        load_public_key(text)

    assert not text or text not in str(private.value)


def test_a_key_of_another_kind_is_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    private = curve.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = curve.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    with pytest.raises(BadConfiguration, match="private_key is not an RSA key"):
        load_private_key(base64.b64encode(private).decode())
    with pytest.raises(BadConfiguration, match="alipay_public_key is not an RSA key"):
        load_public_key(base64.b64encode(public).decode())
