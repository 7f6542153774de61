"""A store is announced, looked at, then taken or refused; its fields are checked."""

from typing import Any

import pytest

from sandbox.server import Serving
from tests.sandbox.till import PARTNER, Till

STORE = {
    "secondary_merchant_id": "M0001",
    "secondary_merchant_name": "Harbour Tea Limited",
    "store_id": "S001",
    "store_name": "Central",
    "store_country": "HK",
    "store_address": "1 Queen's Road Central",
    "store_industry": "5812",
    "secondary_merchant_type": "ENTERPRISE",
    "register_country": "HK",
    "registration_no": "12345678",
}
TIME = {"timestamp": "2026-11-22 12:00:00"}


def announce(till: Till, **changes: str) -> Any:
    return till.call("maintain", **(STORE | TIME | changes))


def status(till: Till, store: str = "S001") -> Any:
    return till.call(
        "query_status",
        secondary_merchant_id="M0001",
        store_id=store,
        payment_method="INSTORE_PAYMENT",
        **TIME,
    )


def test_a_store_is_looked_at_and_then_taken(till: Till, box: Serving) -> None:
    assert announce(till) == {"result_code": "SUCCESS"}
    assert status(till)["status"] == "UNDER_REVIEW"
    box.clock.advance(2)

    taken = status(till)

    assert (taken["status"], taken["store_status"]) == ("SUCCESS", "ACTIVATED")
    assert (taken["secondary_merchant_id"], taken["store_id"]) == ("M0001", "S001")


def test_a_change_of_a_store_that_was_taken_is_looked_at_while_it_stays_live(
    till: Till, box: Serving
) -> None:
    announce(till)
    box.clock.advance(2)
    status(till)

    announce(till, store_name="Central II")

    seen = status(till)
    assert (seen["status"], seen["store_status"]) == ("MODIFICATION_REVIEW", "ACTIVATED")


def test_a_magic_number_is_refused_with_a_reason(till: Till, box: Serving) -> None:
    announce(till, registration_no="REFUSE1")
    box.clock.advance(2)

    seen = status(till)

    assert seen["status"] == "FAILED"
    assert seen["reject_reason"] == "risk control: documents do not match"


@pytest.mark.parametrize(("verb", "expected"), [("approve", "SUCCESS"), ("refuse", "FAILED")])
def test_the_control_api_decides(till: Till, box: Serving, verb: str, expected: str) -> None:
    announce(till, registration_no="REVIEW1")
    box.clock.advance(86_400)
    assert status(till)["status"] == "UNDER_REVIEW"

    body = {"reason": "odd"} if verb == "refuse" else None
    shown = till.control("POST", f"registrations/{PARTNER}/M0001/S001/{verb}", body)

    assert (shown["status"], status(till)["status"]) == (expected, expected)
    assert shown["fields"]["registration_no"] == "REVIEW1"
    assert shown["reject_reason"] == ("odd" if verb == "refuse" else "")


def test_a_store_that_nobody_announced_is_no_record(till: Till) -> None:
    fields = {"secondary_merchant_id": "M0001", "store_id": "S999"}
    said = till.signed("query_status", **fields, payment_method="INSTORE_PAYMENT", **TIME)

    assert "<error>DATA_NOT_FOUND</error>" in till.send(said).text
    till.control("GET", f"registrations/{PARTNER}/M0001/S999", expected=404)


@pytest.mark.parametrize(
    "change",
    [{"store_address": ""}, {"store_country": "hk"}, {"store_industry": "58"},
     {"secondary_merchant_type": "CLUB"}, {"store_id": "no spaces"}],
)  # fmt: skip
def test_a_field_in_the_wrong_form_is_refused_and_nothing_is_kept(
    till: Till, change: dict[str, str]
) -> None:
    said = till.signed("maintain", **(STORE | TIME | change))

    assert "<error>ILLEGAL_ARGUMENT</error>" in till.send(said).text
    assert till.control("GET", "registrations")["data"] == []
