from urllib.parse import parse_qsl, urlencode

import pytest

from connectors.alipay.config import GatewayConfig
from connectors.alipay.notification import (
    MAX_CHARACTERS,
    MAX_FIELDS,
    InvalidNotification,
    Notification,
    parse_notification,
)
from connectors.alipay.signing import signature_for
from kernel.money import Money
from tests.connectors.alipay import rsa_vectors
from tests.connectors.alipay.stand_in import MD5_KEY, PARTNER, md5_of, signed_text

CONFIG = GatewayConfig(partner_id=PARTNER, sign_type="MD5", md5_key=MD5_KEY)
PAID = {
    "notify_time": "2026-11-22 14:30:08",
    "notify_type": "trade_status_sync",
    "notify_id": "ac05099524730693a8b330c5ecf72da978",
    "notify_action_type": "payByAccountAction",
    "out_trade_no": "TG20261122000042",
    "trade_no": "2026112222001400990000000042",
    "trade_status": "TRADE_SUCCESS",
    "subject": "Harbour Tea & Friends 茶",
    "total_fee": "120.50",
    "currency": "HKD",
    "seller_id": PARTNER,
    "buyer_id": "2088000000000099",
}


def signed(fields: dict[str, str]) -> dict[str, str]:
    filled = {name: value for name, value in fields.items() if value}
    return fields | {"sign_type": "MD5", "sign": md5_of(signed_text(filled))}


def test_a_genuine_notification_is_read() -> None:
    assert parse_notification(signed(PAID), CONFIG) == Notification(
        notify_id="ac05099524730693a8b330c5ecf72da978",
        notify_type="trade_status_sync",
        action="payByAccountAction",
        partner_trans_id="TG20261122000042",
        scheme_transaction_id="2026112222001400990000000042",
        trade_status="TRADE_SUCCESS",
        amount=Money(12050, "HKD"),
        currency="HKD",
        seller_id=PARTNER,
        partner_refund_id=None,
    )


@pytest.mark.parametrize("name", ["out_return_no", "out_biz_no"])
def test_a_refunds_notification_names_the_refund(name: str) -> None:
    fields = signed(PAID | {"notify_action_type": "refundFPAction", name: "RF20261122000007"})

    notification = parse_notification(fields, CONFIG)

    assert notification.action == "refundFPAction"
    assert notification.partner_refund_id == "RF20261122000007"


@pytest.mark.parametrize("sign_type", ["RSA", "RSA2"])
def test_an_rsa_signature_survives_a_decoder_that_takes_plus_for_a_space(sign_type: str) -> None:
    config = GatewayConfig(
        partner_id=PARTNER,
        sign_type=sign_type,
        private_key=rsa_vectors.PRIVATE_KEY,
        alipay_public_key=rsa_vectors.PUBLIC_KEY,
    )
    signature = signature_for(config).sign(signed_text(PAID).encode())
    fields = PAID | {"sign_type": sign_type, "sign": signature}
    decoded_once = dict(parse_qsl(urlencode(fields)))
    without_plus = fields | {"sign": signature.replace("+", " ")}

    assert "+" in signature
    for received in (decoded_once, without_plus):
        assert parse_notification(received, config).partner_trans_id == "TG20261122000042"


@pytest.mark.parametrize("name", ["total_fee", "trade_status", "out_trade_no", "notify_id"])
def test_a_field_changed_after_signing_is_refused(name: str) -> None:
    forged = signed(PAID) | {name: "1.00"}

    with pytest.raises(InvalidNotification, match="signature is wrong"):
        parse_notification(forged, CONFIG)


@pytest.mark.parametrize("sign", ["", " ", "0" * 32, "é"])
def test_a_missing_or_wrong_signature_is_refused(sign: str) -> None:
    with pytest.raises(InvalidNotification):
        parse_notification(signed(PAID) | {"sign": sign}, CONFIG)


def test_a_signature_with_another_key_is_refused() -> None:
    other = GatewayConfig(partner_id=PARTNER, sign_type="MD5", md5_key="z" * 32)

    with pytest.raises(InvalidNotification, match="signature is wrong"):
        parse_notification(signed(PAID), other)


@pytest.mark.parametrize("name", ["notify_id", "notify_type", "out_trade_no"])
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_notification_without_its_ids_is_refused(name: str, is_empty: bool) -> None:
    fields = {n: v for n, v in PAID.items() if n != name} | ({name: ""} if is_empty else {})

    with pytest.raises(InvalidNotification, match=f"{name} is missing"):
        parse_notification(signed(fields), CONFIG)


def test_another_sellers_trade_is_refused() -> None:
    with pytest.raises(InvalidNotification, match="seller_id"):
        parse_notification(signed(PAID | {"seller_id": "2088000000000002"}), CONFIG)


@pytest.mark.parametrize(
    ("total_fee", "currency"), [("much", "HKD"), ("1.005", "HKD"), ("", "HKD"), ("1.00", "XXL")]
)
def test_an_amount_that_cannot_be_read_is_left_out(total_fee: str, currency: str) -> None:
    fields = signed(PAID | {"total_fee": total_fee, "currency": currency})

    notification = parse_notification(fields, CONFIG)

    assert notification.amount is None
    assert notification.currency == currency


def test_an_amount_without_currency_is_left_out() -> None:
    fields = signed({n: v for n, v in PAID.items() if n != "currency"})

    assert parse_notification(fields, CONFIG).amount is None


def test_a_notification_beyond_all_measure_is_refused_before_its_signature_is_looked_at() -> None:
    many = PAID | {f"x{i}": "1" for i in range(MAX_FIELDS)}
    long = PAID | {"body": "x" * MAX_CHARACTERS}

    for fields in (many, long):
        with pytest.raises(InvalidNotification, match="too large"):
            parse_notification(signed(fields), CONFIG)


def test_text_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidNotification, match="no text"):
        parse_notification(PAID | {"body": "\ud800", "sign": "0" * 32}, CONFIG)
