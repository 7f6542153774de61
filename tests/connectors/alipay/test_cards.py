"""Card templates through the connector, against the sandbox's open gateway and odd answers."""

import base64
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.alipay.cards import QUERY, AlipayCards, CardsConfig, is_colour
from connectors.alipay.config import BadConfiguration, CallLimit
from connectors.alipay.keys import load_private_key
from connectors.alipay.transport import Reply
from connectors.base import CardTemplate, Result
from sandbox.server import Serving
from sandbox.signing import public_base64
from tests.sandbox.conftest import box, clock, data, own_key
from tests.sandbox.till import Till

__all__ = ["box", "clock", "data", "own_key"]
APP, PARTNER = "2021000000000001", "2088000000000077"
GOLD = CardTemplate("Tea Club", "AJ4AC3ndT5c", "e-pXS2hTA6F", "rgb(37,99,235)")
OTHER = CardTemplate("Tea House", "AJ4AC3ndT5c", "e-pXS2hTA6F", "rgb(0,0,0)")


@pytest.fixture
def till(box: Serving, own_key: str) -> Iterator[Till]:
    """A partner whose key is the sandbox's own: making another takes longer than the tests."""
    with Till(box.url) as ready:
        key = {"sign_type": "RSA2", "public_key": public_base64(own_key)}
        ready.control("PUT", f"partners/{PARTNER}", key)
        ready.control("PUT", f"apps/{APP}", {"partner": PARTNER})
        yield ready


def cards(url: str, key: str, app: str = APP) -> AlipayCards:
    return AlipayCards(CardsConfig(app, f"{url}/openapi/gateway.do", key, public_base64(key)))


def test_a_template_is_made_once_changed_and_read(box: Serving, till: Till, own_key: str) -> None:
    issuer = cards(box.url, own_key)

    made = issuer.create_template("r1", GOLD)
    again = issuer.create_template("r1", GOLD)
    assert (made.result, made.code) == (Result.SUCCEEDED, "10000")
    assert made.template_id == again.template_id == "20260000000000000001"
    [kept] = till.control("GET", f"apps/{APP}/card_templates")["data"]
    assert kept["content"]["card_type"] == "OUT_MEMBER_CARD"
    assert kept["content"]["template_style_info"]["card_show_name"] == "Tea Club"
    assert [column["code"] for column in kept["content"]["column_info_list"]] == ["POINT", "LEVEL"]

    assert issuer.modify_template("r2", made.template_id, OTHER).result is Result.SUCCEEDED
    assert issuer.query_template(made.template_id).content == OTHER
    assert "sign" not in str(made.evidence.response) or own_key not in str(made.evidence)
    assert made.evidence.request["sign"] == "•••"


def test_what_alipay_refuses_and_what_nobody_knows(box: Serving, till: Till, own_key: str) -> None:
    issuer = cards(box.url, own_key)
    refused = issuer.create_template("r1", CardTemplate("REFUSE me", "l", "b", "rgb(0,0,0)"))
    assert (refused.result, refused.code) == (Result.FAILED, "CARD_SHOW_NAME_REFUSED")
    away = CardTemplate("AWAY club", "l", "b", "rgb(0,0,0)")
    first, second = issuer.create_template("r2", away), issuer.create_template("r2", away)
    assert (first.result, first.code) == (Result.UNKNOWN, "isp.unknow-error")
    assert (second.result, second.template_id) == (Result.SUCCEEDED, "20260000000000000001")

    gone = issuer.query_template("20260000000000000099")
    assert (gone.result, gone.code) == (Result.FAILED, "TEMPLATE_NOT_EXIST")
    unknown = cards(box.url, own_key, app="1").create_template("r3", GOLD)
    assert (unknown.result, unknown.code) == (Result.FAILED, "isv.invalid-app-id")
    nobody = cards("http://127.0.0.1:9", own_key).create_template("r3", GOLD)
    assert (nobody.result, nobody.message) == (Result.UNKNOWN, "could not connect")
    assert len(till.control("GET", f"apps/{APP}/card_templates")["data"]) == 1


def test_another_partners_app_does_not_see_the_template(
    box: Serving, till: Till, own_key: str
) -> None:
    key = {"sign_type": "RSA2", "public_key": public_base64(own_key)}
    till.control("PUT", "partners/2088000000000078", key)
    till.control("PUT", "apps/2", {"partner": "2088000000000078"})
    made = cards(box.url, own_key).create_template("r1", GOLD)

    theirs = cards(box.url, own_key, app="2")
    assert theirs.query_template(str(made.template_id)).code == "TEMPLATE_NOT_EXIST"
    assert theirs.modify_template("r2", str(made.template_id), OTHER).result is Result.FAILED
    assert cards(box.url, own_key).query_template(str(made.template_id)).content == GOLD


class Says:
    """An open gateway that says ``body`` to whatever it is asked."""

    breakers = ()

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.reply = Reply("http://stand-in", body, status, 1)

    def post(self, body: bytes, limit: CallLimit, **_: object) -> Reply:
        return self.reply

    def close(self) -> None:
        pass


def signed(inner: str, key: str, *, about: str | None = None) -> bytes:
    raw = load_private_key(key).sign((about or inner).encode(), PKCS1v15(), SHA256())
    sign = base64.b64encode(raw).decode()
    name = f"{QUERY.replace('.', '_')}_response"
    return f'{{ "sign" : "{sign}", "{name}" : {inner} }}'.encode()


def test_only_the_very_characters_that_alipay_signed_are_believed(own_key: str) -> None:
    inner = '{ "code":"10000", "msg":"成功 \\u00e9", "template_style_info":{"logo_id":"}"} }'
    written_again = json.dumps(json.loads(inner))
    config = CardsConfig(APP, "http://stand-in", own_key, public_base64(own_key))
    for body, status, result in (
        (signed(inner, own_key), 200, Result.SUCCEEDED),
        (signed(inner, own_key, about=written_again), 200, Result.UNKNOWN),
        (signed(inner, own_key).replace(b"10000", b"40004"), 200, Result.UNKNOWN),
        (b'{"error_response":{"code":"40002","msg":"no"}}', 200, Result.UNKNOWN),
        (signed(inner, own_key), 502, Result.UNKNOWN),
        (b"<html>", 200, Result.UNKNOWN),
        (b"[]", 200, Result.UNKNOWN),
        (b'{"sign":"x"}', 200, Result.UNKNOWN),
    ):
        issuer = AlipayCards(config, http=Says(body, status))
        assert issuer.query_template("1").result is result, body


def test_settings_that_cannot_work_are_said(own_key: str) -> None:
    with pytest.raises(BadConfiguration, match="card_app_id"):
        CardsConfig("", "http://x", own_key, "")
    with pytest.raises(BadConfiguration, match="card_url"):
        CardsConfig("1", "", own_key, "")
    assert is_colour("rgb(0,128,255)")
    assert not any(map(is_colour, ("rgb(0,0,256)", "#fff", "rgb(1,2)", "rgb(1,2,3)\n")))
