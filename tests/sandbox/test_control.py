"""The control API: bad input gets a sentence, and nothing is kept of it."""

import json
from typing import Any

import pytest

from tests.sandbox.till import PARTNER, Till


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("faults", {"fault": "nothing"}, "fault is one of none, slow,"),
        ("faults", {}, "fault is one of"),
        ("faults", {"fault": "slow", "service": "gateway"}, "service is one of"),
        ("faults", {"fault": "needs_password", "service": "cancel"}, "happens at pay, and not at"),
        ("faults", {"fault": "slow", "probability": "often"}, "probability is a number from 0 to"),
        ("faults", {"fault": "slow", "probability": 1.5}, "probability is a number from 0 to 1"),
        ("faults", {"fault": "slow", "probability": True}, "probability is a number"),
        ("faults", {"fault": "slow", "seed": "x"}, "seed is a whole number"),
        ("faults", {"fault": "slow", "seed": 0.5}, "seed is a whole number"),
        ("faults", {"fault": "slow", "times": 0}, "times is a whole number from 1"),
        ("faults", {"fault": "slow", "seconds": -1}, "seconds is a number from 0 to 600"),
        ("faults", {"fault": "slow", "payment_code": 28}, "payment_code is a text"),
        ("faults", {"fault": "slow", "servise": "pay"}, "no such field: servise"),
        ("faults", ["slow"], "the body is one JSON object"),
        ("clock", {"advance_seconds": "a while"}, "advance_seconds is a number"),
        ("clock", {"advance_seconds": float("nan")}, "advance_seconds is a number"),
        ("clock", {"advance_seconds": -1}, "advance_seconds is a number from 0"),
        ("clock", {"advance_seconds": None}, "advance_seconds is a number"),
        ("clock", {"now": "noon"}, "now is RFC 3339 with a zone"),
        ("clock", {"now": "2026-11-23T12:00:00"}, "now is RFC 3339 with a zone"),
        ("clock", {"now": 5}, "now is RFC 3339 with a zone"),
        ("clock", {}, "say one of now"),
        ("clock", {"reset": "yes"}, "reset is true or false"),
        ("customers", {}, "a customer needs a name"),
        ("customers", {"name": ""}, "name is a text of 1 to 64"),
        ("customers", {"name": "L", "balance_fen": "1"}, "balance_fen is a whole number"),
        ("customers", {"name": "L", "balance_fen": -1}, "balance_fen is a whole number from 0"),
        ("customers", {"name": "L", "asks_password": "no"}, "asks_password is true or false"),
        ("codes", {"fault": ["slow"]}, "fault is one of"),
    ],
)
def test_a_bad_body_gets_a_clear_sentence(till: Till, path: str, body: Any, words: str) -> None:
    answer = till.http.post(f"{till.url}/control/{path}", data=json.dumps(body), timeout=10)
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["error"]
    assert till.control("GET", "faults")["data"] == []
    assert till.control("GET", "customers")["data"] == []
    assert till.control("GET", "health")["now"] == "2026-11-23T12:00:00+08:00"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"sign_type": "DSA"}, "sign_type is one of MD5, RSA, RSA2"),
        ({"sign_type": "MD5"}, "MD5 needs md5_key"),
        ({"sign_type": "RSA2"}, "public_key is no RSA public key"),
        ({"sign_type": "RSA2", "public_key": "AAAA"}, "public_key is no RSA public key"),
        ({"sign_type": "MD5", "md5_key": "k", "currencies": ["XXX"]}, "currencies is a list of"),
        ({"sign_type": "MD5", "md5_key": "k", "currencies": [[]]}, "currencies is a list of"),
        ({"sign_type": "MD5", "md5_key": "k", "currencies": 5}, "currencies is a list of"),
        ({"sign_type": "MD5", "md5_key": "k", "is_active": 1}, "is_active is true or false"),
    ],
)
def test_a_bad_partner_is_refused(till: Till, body: dict[str, Any], words: str) -> None:
    said = till.control("PUT", "partners/2088000000000007", body, expected=400)
    assert words in said["error"]
    till.control("GET", "partners/2088000000000007", expected=404)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("trades?limit=many", "limit is a whole number from 1 to 500"),
        ("trades?limit=0", "limit is a whole number from 1 to 500"),
        ("trades?limit=501", "limit is a whole number from 1 to 500"),
        ("trades?limit=-1", "limit is a whole number from 1 to 500"),
        ("customers?limit=²", "limit is a whole number"),
        ("books?day=yesterday", "day is YYYY-MM-DD"),
    ],
)
def test_a_bad_question_gets_a_clear_sentence(till: Till, path: str, words: str) -> None:
    assert words in till.control("GET", path, expected=400)["error"]


@pytest.mark.parametrize("path", ["customers/99", "trades/2088000000000001/TG9", "partners/1"])
def test_what_does_not_exist_is_not_found(till: Till, path: str) -> None:
    assert "no " in till.control("GET", path, expected=404)["error"]


def test_what_no_route_answers_is_json_too(till: Till) -> None:
    assert till.control("GET", "nothing", expected=404)["error"]
    assert till.control("DELETE", "health", expected=405)["error"]


@pytest.mark.parametrize("digits", [15, 25, "18", True])
def test_a_code_of_another_length_is_refused(till: Till, digits: Any) -> None:
    customer = till.customer()
    said = till.control("POST", f"customers/{customer}/codes", {"digits": digits}, expected=400)
    assert said["error"] == "digits is a whole number from 16 to 24"


def test_a_trade_lists_every_call_about_it(till: Till) -> None:
    till.query("TG1")
    till.pay(till.magic(), "1.00", "TG1")
    till.query("TG1")
    till.cancel("TG1")
    trade = till.control("GET", f"trades/{PARTNER}/TG1")
    assert [(call["service"], call["answer"]) for call in trade["calls"]] == [
        ("query", "FAIL TRADE_NOT_EXIST"),
        ("pay", "SUCCESS"),
        ("query", "SUCCESS TRADE_SUCCESS"),
        ("cancel", "SUCCESS"),
    ]
    assert (trade["state"], trade["amount_minor"], trade["currency"]) == (
        "TRADE_CLOSED",
        100,
        "HKD",
    )
    assert (trade["money_taken_fen"], trade["money_given_back_fen"]) == (90, 90)


def test_trades_are_listed_in_pages(till: Till) -> None:
    for trans_id in ("TG1", "TG2", "TG3"):
        till.pay(till.magic(), "1.00", trans_id)
    first = till.control("GET", "trades?limit=2")
    after = first["data"][-1]["alipay_trans_id"]
    second = till.control("GET", f"trades?limit=2&after={after}")
    assert (first["has_more"], second["has_more"]) == (True, False)
    listed = [trade["partner_trans_id"] for trade in first["data"] + second["data"]]
    assert sorted(listed) == ["TG1", "TG2", "TG3"]
    one = till.control("GET", f"trades?partner={PARTNER}&partner_trans_id=TG2")["data"]
    assert [trade["partner_trans_id"] for trade in one] == ["TG2"]


def test_books_belong_to_a_day_in_beijing(till: Till) -> None:
    till.control("POST", "clock", {"now": "2026-11-23T23:59:59+08:00"})
    till.pay(till.magic(), "1.00", "TG1")
    till.control("POST", "clock", {"advance_seconds": 1})
    till.pay(till.magic(), "2.00", "TG2")
    books = till.control("GET", f"books?partner={PARTNER}&day=2026-11-24")
    assert books["trades"] == {"TRADE_SUCCESS": {"HKD": {"count": 1, "amount_minor": 200}}}
    assert books["money_taken_fen"] == 180
    both = till.control("GET", f"books?partner={PARTNER}")
    assert both["trades"]["TRADE_SUCCESS"]["HKD"] == {"count": 2, "amount_minor": 300}


def test_a_reset_forgets_everything_but_the_key(till: Till) -> None:
    key = till.control("GET", f"partners/{PARTNER}")["alipay_public_key"]
    till.pay(till.magic(), "1.00", "TG1")
    till.control("POST", "reset")
    assert till.control("GET", "trades")["data"] == []
    till.control("PUT", f"partners/{PARTNER}", {"sign_type": "MD5", "md5_key": "k"})
    assert till.control("GET", f"partners/{PARTNER}")["alipay_public_key"] == key
