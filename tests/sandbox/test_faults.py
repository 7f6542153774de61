"""Every fault of the table, over HTTP, by its magic code (and by the control API)."""

import sqlite3
from pathlib import Path

import pytest
import requests
from lxml import etree

from sandbox.faults import CALLS, FAULTS, MAGIC_PREFIX
from sandbox.server import Serving
from sandbox.storage import Storage
from tests.sandbox.till import PARTNER, Till, md5, text_to_sign


def _pay(till: Till, fault: str) -> requests.Response:
    fields = till.pay_fields(till.magic(fault), "1.00", "TG1")
    return till.send(till.signed("pay", **fields))


def _state(till: Till) -> str:
    said = till.query("TG1")
    return said.get("alipay_trans_status") or said["error"]


def test_a_magic_code_names_its_fault_and_works_once(till: Till) -> None:
    code = till.magic("none")
    assert (len(code), code[:6]) == (18, MAGIC_PREFIX + "00")
    assert till.pay(code)["result_code"] == "SUCCESS"
    assert till.pay(code)["error"] == "SOUNDWAVE_PARSER_FAIL"


def test_every_fault_has_a_number_of_its_own() -> None:
    assert len({fault.number for fault in FAULTS.values()}) == len(FAULTS)
    assert all(set(fault.services) <= {*CALLS, "notify"} for fault in FAULTS.values())


@pytest.mark.parametrize("fault", ["slow", "slow_beyond_deadline", "notification_before_answer"])
def test_a_slow_answer_waits_as_long_as_the_table_says(
    till: Till, box: Serving, fault: str
) -> None:
    waited: list[tuple[float | None, str]] = []

    def wait(seconds: float | None = None) -> bool:
        waited.append((seconds, _state(till)))
        return True

    box.gateway.wait = wait
    assert _pay(till, fault).status_code == 200
    before = "TRADE_NOT_EXIST" if fault == "slow_beyond_deadline" else "TRADE_SUCCESS"
    assert waited == [(FAULTS[fault].seconds, before)]
    assert _state(till) == "TRADE_SUCCESS"


@pytest.mark.parametrize(
    ("fault", "state"), [("answer_lost", "TRADE_SUCCESS"), ("request_lost", "TRADE_NOT_EXIST")]
)
def test_a_lost_message_closes_the_connection(till: Till, fault: str, state: str) -> None:
    with pytest.raises(requests.ConnectionError):
        _pay(till, fault)
    assert _state(till) == state


@pytest.mark.parametrize(
    ("fault", "state"),
    [("system_error", "TRADE_NOT_EXIST"), ("system_error_paid", "TRADE_SUCCESS")],
)
def test_a_system_error_leaves_the_caller_in_doubt(till: Till, fault: str, state: str) -> None:
    said = till.pay(till.magic(fault), "1.00", "TG1")
    assert (said["result_code"], said["error"]) == ("UNKNOW", "SYSTEM_ERROR")
    assert _state(till) == state


def test_a_gateway_system_error_is_a_refusal(till: Till) -> None:
    root = etree.fromstring(_pay(till, "gateway_system_error").content)
    assert (root.findtext("is_success"), root.findtext("error")) == ("F", "SYSTEM_ERROR")
    assert _state(till) == "TRADE_NOT_EXIST"


def test_a_garbled_answer_is_no_xml_though_the_money_moved(till: Till) -> None:
    answer = _pay(till, "garbled")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.content)
    assert _state(till) == "TRADE_SUCCESS"


def test_a_bad_signature_does_not_fit_the_answer(till: Till) -> None:
    root = etree.fromstring(_pay(till, "bad_signature").content)
    text = text_to_sign({child.tag: child.text for child in root.iterfind("response/alipay/*")})
    assert "result_code=SUCCESS" in text
    assert root.findtext("sign") != md5(text)
    assert _state(till) == "TRADE_SUCCESS"


def test_maintenance_answers_with_a_page_and_does_nothing(till: Till) -> None:
    answer = _pay(till, "html_maintenance")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert _state(till) == "TRADE_NOT_EXIST"


def test_gbk_is_declared_and_used(till: Till) -> None:
    fields = till.pay_fields(till.magic("gbk"), "1.00", "TG1", memo="茶")
    answer = till.send(till.signed("pay", **fields))
    assert answer.content.startswith(b'<?xml version="1.0" encoding="GBK"?>')
    assert "茶".encode("gbk") in answer.content


def test_a_wrong_amount_is_a_cent_too_much_and_well_signed(till: Till) -> None:
    assert till.pay(till.magic("wrong_amount"), "1.00", "TG1")["trans_amount"] == "1.01"
    assert till.query("TG1")["trans_amount"] == "1.00"


def test_a_password_is_asked_for_and_typed(till: Till) -> None:
    assert till.pay(till.magic("needs_password"), "1.00", "TG1")["result_code"] == "UNKNOW"
    till.control("POST", f"trades/{PARTNER}/TG1/confirm")
    assert _state(till) == "TRADE_SUCCESS"


def test_nobody_can_confirm_what_never_confirms(till: Till, clock: object) -> None:
    assert till.pay(till.magic("never_confirms"), "1.00", "TG1")["result_code"] == "UNKNOW"
    till.control("POST", f"trades/{PARTNER}/TG1/confirm", expected=409)
    till.control("POST", "clock", {"advance_seconds": 180})
    assert _state(till) == "TRADE_CLOSED"


def test_a_trade_confirms_by_itself_at_its_moment(till: Till) -> None:
    till.pay(till.magic("confirms_by_itself"), "1.00", "TG1")
    till.control("POST", "clock", {"advance_seconds": 3.5})
    assert _state(till) == "WAIT_BUYER_PAY"
    till.control("POST", "clock", {"advance_seconds": 3600})
    said = till.query("TG1")
    assert (said["alipay_trans_status"], said["alipay_pay_time"]) == (
        "TRADE_SUCCESS",
        "20261123120004",
    )


def test_the_first_two_cancels_answer_system_error(till: Till) -> None:
    till.pay(till.magic("cancel_system_error_twice"), "1.00", "TG1")
    for _ in range(2):
        said = till.cancel("TG1")
        assert (said["result_code"], said["retry_flag"]) == ("UNKNOWN", "Y")
        assert said["detail_error_code"] == "SYSTEM_ERROR"
        assert _state(till) == "WAIT_BUYER_PAY"
    assert till.cancel("TG1")["action"] == "close"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("insufficient_balance", "BUYER_BALANCE_NOT_ENOUGH"),
        ("expired_code", "SOUNDWAVE_PARSER_FAIL"),
        ("code_unknown", "BUYER_NOT_EXIST"),
        ("limit_exceeded", "BEYOND_PAY_RESTRICTION"),
        ("risk_declined", "ALIN43911"),
    ],
)
def test_a_decline_says_why_and_creates_nothing(till: Till, fault: str, error: str) -> None:
    said = till.pay(till.magic(fault), "1.00", "TG1")
    assert (said["result_code"], said["error"]) == ("FAILED", error)
    assert _state(till) == "TRADE_NOT_EXIST"


def test_a_planned_fault_happens_as_often_as_planned_and_where(till: Till) -> None:
    body = {"fault": "system_error", "service": "query", "partner_trans_id": "TG1", "times": 2}
    till.control("POST", "faults", body)
    till.pay(till.magic(), "1.00", "TG1")
    assert till.query("TG2")["error"] == "TRADE_NOT_EXIST"
    answers = [till.query("TG1").get("error", "ok") for _ in range(3)]
    assert answers == ["SYSTEM_ERROR", "SYSTEM_ERROR", "ok"]


def test_a_probable_fault_is_the_same_in_every_run_with_its_seed(till: Till) -> None:
    def run(seed: int) -> str:
        till.control("DELETE", "faults")
        body = {"fault": "system_error", "service": "query", "probability": 0.5, "seed": seed}
        till.control("POST", "faults", body)
        return "".join(
            "x" if till.query("T")["error"] == "SYSTEM_ERROR" else "." for _ in range(20)
        )

    first = run(7)
    assert run(7) == first != run(8)
    assert 0 < first.count("x") < 20


def test_a_fault_of_a_pay_does_not_wear_out_at_a_query(till: Till) -> None:
    till.control("POST", "faults", {"fault": "needs_password", "times": 1})
    assert till.query("TG1")["error"] == "TRADE_NOT_EXIST"
    assert till.pay(till.magic(), "1.00", "TG1")["result_code"] == "UNKNOW"


def test_a_fault_planned_for_a_code_reaches_every_call_about_its_trade(till: Till) -> None:
    code, other = till.magic(), till.magic()
    fault = {"fault": "system_error", "service": "query", "payment_code": code}
    till.control("POST", "faults", fault)
    till.pay(code, "1.00", "TG1")
    till.pay(other, "1.00", "TG2")
    assert till.query("TG1")["error"] == "SYSTEM_ERROR"
    assert till.query("TG2")["alipay_trans_status"] == "TRADE_SUCCESS"


def test_a_fault_of_one_address_leaves_the_other_alone(till: Till) -> None:
    till.control("POST", "faults", {"fault": "request_lost", "address": "main"})
    signed = till.signed("pay", **till.pay_fields(till.magic("none"), "1.00", "TG1"))

    with pytest.raises(requests.ConnectionError):
        till.send(signed)
    answer = till.http.get(f"{till.url}/backup/gateway.do", params=signed, timeout=10)

    assert etree.fromstring(answer.content).findtext(".//result_code") == "SUCCESS"


def test_a_fault_is_limited_to_an_address_that_exists_and_never_to_a_notification_s(
    till: Till,
) -> None:
    for wrong in (
        {"fault": "slow", "address": "third"},
        {"fault": "bad_signature", "service": "notify", "address": "main"},
    ):
        till.control("POST", "faults", wrong, expected=400)


def test_a_file_of_an_earlier_version_gets_the_new_column(tmp_path: Path) -> None:
    Storage(tmp_path).close()
    with sqlite3.connect(tmp_path / "alipay.sqlite3") as rows:
        rows.execute("ALTER TABLE fault DROP COLUMN address")

    storage = Storage(tmp_path)

    assert storage.all("SELECT address FROM fault") == []
    storage.close()
