"""Notifications: what they say, Alipay's ladder of repeats, a restart, notify_verify (§3.6)."""

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sandbox.app import create_app
from sandbox.clock import BEIJING, ManualClock
from sandbox.notifications import LADDER, Sender
from sandbox.server import Serving, serving
from tests.sandbox.till import PARTNER, Till, md5, text_to_sign

PATIENCE = 20  # seconds until a test gives up on a notification; it never waits that long


class Receiver:
    """The platform's notification address; ``says`` is its answer."""

    def __init__(self) -> None:
        self.says, self.status = b"success", 200
        self.received: queue.Queue[dict[str, str]] = queue.Queue()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.put(dict(parse_qsl(body.decode())))
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.says)))
                self.end_headers()
                self.wfile.write(outer.says)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/notify"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self.thread.start()

    def next(self) -> dict[str, str]:
        return self.received.get(timeout=PATIENCE)

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def _pay(till: Till, receiver: Receiver, fault: str = "none", trans_id: str = "TG1") -> None:
    till.pay(till.magic(fault), "1.00", trans_id, notify_url=receiver.url)


def test_a_payment_is_told_signed(till: Till, receiver: Receiver) -> None:
    _pay(till, receiver)
    told = receiver.next()
    assert told["sign"] == md5(text_to_sign(told))
    expected = {
        "notify_type": "trade_status_sync",
        "notify_action_type": "payByAccountAction",
        "trade_status": "TRADE_SUCCESS",
        "out_trade_no": "TG1",
        "total_fee": "1.00",
        "currency": "HKD",
        "seller_id": PARTNER,
        "notify_time": "2026-11-23 12:00:00",
        "gmt_payment": "2026-11-23 12:00:00",
    }
    assert {name: told[name] for name in expected} == expected


def test_waiting_is_not_told_and_its_end_is(till: Till, receiver: Receiver) -> None:
    _pay(till, receiver, "needs_password")
    till.cancel("TG1")
    told = receiver.next()
    assert (told["notify_action_type"], told["trade_status"]) == (
        "closeTradeAction",
        "TRADE_CLOSED",
    )
    assert "gmt_payment" not in told


def test_a_cancel_of_paid_money_is_told_as_reversed(till: Till, receiver: Receiver) -> None:
    _pay(till, receiver)
    receiver.next()
    till.cancel("TG1")
    told = receiver.next()
    assert (told["notify_action_type"], told["refund_fee"]) == ("reverseAction", "1.00")


@pytest.mark.parametrize(("is_sync", "told"), [("Y", 0), ("N", 1)])
def test_only_an_asynchronous_refund_is_told(
    till: Till, box: Serving, clock: ManualClock, receiver: Receiver, is_sync: str, told: int
) -> None:
    till.pay(till.magic(), "1.00", "TG1")
    till.refund("TG1", "RF1", "0.40", is_sync=is_sync, notify_url=receiver.url)
    clock.advance(2)
    till.call("refund_query", out_trade_no="TG1", out_return_no="RF1")
    if told:
        said = receiver.next()
        assert said["notify_action_type"] == "refundFPAction"
        assert (said["out_biz_no"], said["refund_fee"]) == ("RF1", "0.40")
    queued = box.gateway.storage.all("SELECT * FROM notification")
    assert len(queued) == told


class _Hand:
    """A sandbox without its threads: the test looks at the ladder by hand."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.gateway = create_app(folder, clock=clock).extensions["gateway"]
        self.sender = Sender(self.gateway.storage, clock)
        self.clock = clock

    def tries(self, receiver: Receiver) -> list[dict[str, str]]:
        """Send what is due now; what the receiver got of it."""
        while (row := self.sender._take_due(self.clock.now())) is not None:
            self.sender.send(row)
        return [receiver.received.get_nowait() for _ in range(receiver.received.qsize())]

    def close(self) -> None:
        self.sender.stop()
        self.gateway.storage.close()


def _unpaid_notice(data: Path, clock: ManualClock, receiver: Receiver, fault: str = "none") -> None:
    """A paid trade whose notification nobody has sent yet."""
    with serving(data, clock=clock, sends=False) as box, Till(box.url) as till:
        _pay(till, receiver, fault)


@pytest.fixture
def hand(data: Path, clock: ManualClock, receiver: Receiver) -> Iterator[_Hand]:
    _unpaid_notice(data, clock, receiver)
    made = _Hand(data, clock)
    yield made
    made.close()


def test_eight_tries_climb_alipays_ladder_with_one_id(
    hand: _Hand, receiver: Receiver, clock: ManualClock
) -> None:
    receiver.says = b"SUCCESS "
    [first] = hand.tries(receiver)
    assert first["notify_time"] == "2026-11-23 12:00:00"
    ids = {first["notify_id"]}
    for gap in LADDER:
        clock.advance(gap - 1)
        assert hand.tries(receiver) == []
        clock.advance(1)
        [told] = hand.tries(receiver)
        assert told["notify_time"] == clock.now().astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        ids.add(told["notify_id"])
    assert LADDER == (120, 600, 600, 3600, 7200, 21600, 54000)
    assert len(ids) == 1
    clock.advance(10 * 86400)
    assert hand.tries(receiver) == []


@pytest.mark.parametrize(("status", "says"), [(500, b"success"), (200, b"<p>success"), (302, b"")])
def test_only_exactly_success_ends_the_repeats(
    hand: _Hand, receiver: Receiver, clock: ManualClock, status: int, says: bytes
) -> None:
    receiver.status, receiver.says = status, says
    assert len(hand.tries(receiver)) == 1
    receiver.status, receiver.says = 200, b"success"
    clock.advance(LADDER[0])
    assert len(hand.tries(receiver)) == 1
    clock.advance(10 * 86400)
    assert hand.tries(receiver) == []


def test_a_restart_goes_on_with_the_ladder(
    hand: _Hand, data: Path, receiver: Receiver, clock: ManualClock
) -> None:
    receiver.says = b"busy"
    first = hand.tries(receiver)
    clock.advance(LADDER[0])
    again = _Hand(data, clock)
    assert [told["notify_id"] for told in again.tries(receiver)] == [first[0]["notify_id"]]
    again.close()


@pytest.mark.parametrize(
    ("fault", "now", "later"), [("notification_lost", 0, 1), ("duplicate_notification", 2, 0)]
)
def test_a_magic_code_reaches_the_notification(
    data: Path, receiver: Receiver, clock: ManualClock, fault: str, now: int, later: int
) -> None:
    _unpaid_notice(data, clock, receiver, fault)
    hand = _Hand(data, clock)
    told = hand.tries(receiver)
    assert len(told) == now
    assert len({one["notify_id"] for one in told}) == min(now, 1)
    clock.advance(LADDER[0])
    assert len(hand.tries(receiver)) == later
    hand.close()


def test_a_planned_bad_signature_spoils_one_notification(
    hand: _Hand, receiver: Receiver, clock: ManualClock
) -> None:
    receiver.says = b"no"
    with hand.gateway.storage.writing() as rows:
        rows.execute(
            "INSERT INTO fault (name, service, times, probability, seed)"
            " VALUES ('bad_signature', 'notify', 1, 1, 0)"
        )
    told = hand.tries(receiver)
    clock.advance(LADDER[0])
    told += hand.tries(receiver)
    assert [one["sign"] == md5(text_to_sign(one)) for one in told] == [False, True]


def _verify(till: Till, **asked: str) -> str:
    said = {"service": "notify_verify"} | asked
    return till.http.get(f"{till.url}/gateway.do", params=said, timeout=10).text


def test_notify_verify_knows_its_own_until_they_are_acknowledged(
    till: Till, box: Serving, receiver: Receiver
) -> None:
    receiver.says = b"not yet"
    _pay(till, receiver)
    notify_id = receiver.next()["notify_id"]
    assert _verify(till, partner=PARTNER, notify_id=notify_id) == "true"
    assert _verify(till, partner="2088000000000002", notify_id=notify_id) == "false"
    assert _verify(till, partner=PARTNER, notify_id="x") == "false"
    assert _verify(till, partner=PARTNER) == "invalid"
    with box.gateway.storage.writing() as rows:
        rows.execute("UPDATE notification SET acknowledged_at = 1")
    assert _verify(till, partner=PARTNER, notify_id=notify_id) == "false"


def test_an_address_that_is_none_breaks_nothing(till: Till, receiver: Receiver) -> None:
    till.pay(till.magic(), "1.00", "TG1", notify_url="http://[broken")
    _pay(till, receiver, trans_id="TG2")
    assert receiver.next()["out_trade_no"] == "TG2"
