"""What is stored of a call never shows a payment code, a signature, a key or the buyer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.alipay.breaker import Breaker
from connectors.alipay.config import CallLimit, GatewayConfig
from connectors.alipay.gateway import AlipayGateway
from connectors.alipay.masking import mask_account, mask_body, mask_parameters, mask_payment_code
from connectors.alipay.transport import Reply
from connectors.base import PayRequest
from kernel.money import Money
from tests.connectors.alipay.stand_in import MD5_KEY, PARTNER, StandIn, accepted
from tests.connectors.alipay.test_pay import PAID

payment_codes = st.from_regex(r"(?:2[5-9]|30)[0-9]{14,22}", fullmatch=True)


@pytest.mark.parametrize(
    ("code", "masked"),
    [
        ("281234567890123456", "2812••••••••••••56"),
        ("28681001", "2868••01"),
        ("2868100", "•••••••"),
        ("", ""),
    ],
)
def test_a_payment_code_keeps_its_first_four_and_last_two_digits(code: str, masked: str) -> None:
    assert mask_payment_code(code) == masked


@pytest.mark.parametrize(
    ("account", "masked"),
    [
        ("159****5620", "159****5620"),
        ("cnb*@alitest.*", "cnb*@alitest.*"),
        ("13912345620", "139****20"),
        ("a@b.c", "****"),
    ],
)
def test_an_account_that_alipay_did_not_mask_is_masked(account: str, masked: str) -> None:
    assert mask_account(account) == masked


def test_a_request_is_stored_without_code_and_signature() -> None:
    request = {
        "service": "alipay.acquire.overseas.spot.pay",
        "partner": "2088000000000001",
        "buyer_identity_code": "281234567890123456",
        "memo": "code 281234567890123456 of the customer",
        "sign": "b42103bdfc70fda085f5dfadc438bc19",
    }

    masked = mask_parameters(request, ["281234567890123456"])

    assert masked == request | {
        "buyer_identity_code": "2812••••••••••••56",
        "memo": "code 2812••••••••••••56 of the customer",
        "sign": "•••",
    }
    assert request["sign"] == "b42103bdfc70fda085f5dfadc438bc19"


def test_an_answer_is_stored_without_code_signature_key_and_buyer() -> None:
    fields = PAID | {"alipay_buyer_login_id": "customer@example.org"}
    echo = {
        "buyer_identity_code": "281234567890123456",
        "sign": "b42103bdfc70fda085f5dfadc438bc19",
        "partner": "2088000000000001",
        "note": MD5_KEY,
    }
    body = accepted(fields, echo=echo)

    stored = mask_body(body, keys=[MD5_KEY])

    assert '<param name="buyer_identity_code">2812••••••••••••56</param>' in stored
    assert '<param name="sign">•••</param>' in stored
    assert "<sign>•••</sign>" in stored
    assert "<alipay_buyer_user_id>2088••••••••0099</alipay_buyer_user_id>" in stored
    assert "<alipay_buyer_login_id>cus****rg</alipay_buyer_login_id>" in stored
    assert '<param name="note">•••</param>' in stored
    # What staff need stays readable.
    assert '<param name="partner">2088000000000001</param>' in stored
    assert "<alipay_trans_id>2026112222001400990000000042</alipay_trans_id>" in stored
    assert "<result_code>SUCCESS</result_code>" in stored


def test_a_code_cut_off_in_the_middle_of_an_answer_is_masked() -> None:
    stored = mask_body(b'<alipay><request><param name="buyer_identity_code">28123456789')

    assert stored == '<alipay><request><param name="buyer_identity_code">2812•••••89'


def test_an_answer_fits_into_a_text_column_of_sixteen_kibibytes() -> None:
    stored = mask_body(b"\x00\x01" + "茶".encode() * 10_000 + b"\xff")

    assert len(stored.encode()) <= 16 * 1024
    assert set(stored) == {"茶"}
    assert mask_body(b"\x00\xff") == "\ufffd"


@given(code=payment_codes, before=st.binary(max_size=60), after=st.binary(max_size=60))
def test_no_wrapping_lets_a_known_code_through(code: str, before: bytes, after: bytes) -> None:
    assert code not in mask_body(before + code.encode() + after, codes=[code])


class _Echoing:
    """A transport whose peer repeats everything it was sent, inside any bytes."""

    def __init__(self, before: bytes, after: bytes, is_complete: bool) -> None:
        self.before, self.after, self.is_complete = before, after, is_complete

    breakers: tuple[Breaker, ...] = ()

    def post(self, body: bytes, limit: CallLimit, *, is_repeatable: bool = True) -> Reply:
        text = self.before + body.replace(b"&", b"\n") + self.after
        if self.is_complete:
            return Reply("http://127.0.0.1/gateway.do", text, 200, 1)
        error = "the answer ended early"
        return Reply("http://127.0.0.1/gateway.do", None, 200, 1, error, partial=text)

    def close(self) -> None:
        pass


@settings(max_examples=60)
@given(
    code=payment_codes,
    title=st.text(max_size=30),
    before=st.binary(max_size=40),
    after=st.binary(max_size=40),
    is_complete=st.booleans(),
)
def test_the_raw_code_is_nowhere_in_the_evidence(
    code: str, title: str, before: bytes, after: bytes, is_complete: bool
) -> None:
    config = GatewayConfig(partner_id=PARTNER, sign_type="MD5", md5_key=MD5_KEY)
    gateway = AlipayGateway(config, http=_Echoing(before, after, is_complete))
    request = PayRequest(
        partner_trans_id="TG1",
        amount=Money(1, "HKD"),
        payment_code=code,
        title=title + code,
        created_at=datetime(2026, 11, 22, 6, 30, 5, tzinfo=UTC),
        notify_url="https://example.org/notify",
        merchant_id="M1",
        merchant_name=f"Tea {code}",
        merchant_mcc="5812",
        store_id="S1",
        store_name="Tea",
    )

    outcome = gateway.pay(request)

    assert outcome.evidence.response is not None
    assert code not in repr(outcome)
    assert MD5_KEY not in repr(outcome)


def test_the_evidence_of_a_real_call_is_masked_and_complete(
    gateway: AlipayGateway, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = lambda handler, call: handler.reply(accepted(PAID, echo=call.parameters))

    evidence = gateway.pay(replace(pay_request, notify_url="https://example.org/n")).evidence

    assert evidence.service == "alipay.acquire.overseas.spot.pay"
    assert evidence.endpoint == stand_in.url
    assert evidence.http_status == 200
    assert evidence.error is None
    assert evidence.was_sent is True
    assert 0 <= evidence.duration_ms < 20_000
    assert evidence.request["buyer_identity_code"] == "2812••••••••••••56"
    assert evidence.request["partner_trans_id"] == "TG20261122000042"
    assert evidence.request["sign"] == "•••"
    assert "281234567890123456" not in repr(evidence)
    assert stand_in.calls[0].form["sign"] not in repr(evidence)
    assert "2812••••••••••••56" in str(evidence.response)
