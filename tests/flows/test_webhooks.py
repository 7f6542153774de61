"""Webhooks of a running system: a hanging endpoint, another merchant's quick one, a dead worker."""

import os
import signal
import threading
import time
from contextlib import ExitStack
from typing import Any

import requests
from standardwebhooks.webhooks import Webhook

from tests.events.listener import Listener, listening
from tests.flows.conftest import Theatre

PATIENCE_SECONDS = 90.0  # for what a quiet machine does in a second, or after a lease of 30


class Developer:
    """Calls of one merchant's key."""

    def __init__(self, web_url: str, key: str) -> None:
        self._web_url, self._headers = web_url, {"Authorization": f"Bearer {key}"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(
            method, self._web_url + path, json=body, headers=self._headers, timeout=75
        )
        assert answer.status_code < 300, answer.text
        return answer.json()

    def pay(self, reference: str) -> str:
        store = self.call("GET", "/v1/stores")["data"][0]["id"]
        order = {
            "amount": 12050,
            "currency": "HKD",
            "payment_code": f"289900{time.time_ns() % 10**12:012}",
            "merchant_reference": reference,
            "store": store,
        }
        return str(self.call("POST", "/v1/payments", order)["id"])

    def listen(self, listener: Listener) -> Any:
        return self.call("POST", "/v1/webhook_endpoints", {"url": listener.url})


def wait_for(seen: threading.Event) -> None:
    assert seen.wait(PATIENCE_SECONDS)


def test_a_hanging_endpoint_delays_nobody_and_a_killed_worker_loses_nothing(
    theatre: Theatre,
) -> None:
    stage, system = theatre.of_webhooks, theatre.system
    shop, rival = (Developer(system.web_url, key) for key in (stage.api_key, stage.rival_api_key))
    with ExitStack() as stack:
        hanging, quick = (stack.enter_context(listening()) for _ in range(2))
        hung, arrived = threading.Event(), threading.Event()

        def hang(sock: Any) -> None:
            hung.set()
            hanging.hang(sock)

        hanging.reply = hang
        secret = rival.listen(quick)["secret"]
        endpoint = shop.listen(hanging)
        for number in range(6):
            shop.pay(f"slow-{number}")
        wait_for(hung)

        quick.reply = lambda sock: (sock.sendall(b"HTTP/1.1 204 No\r\n\r\n"), arrived.set())[0]
        payment = rival.pay("quick-1")
        wait_for(arrived)
        told = Webhook(secret).verify(quick.heard[0].body, quick.heard[0].headers)
        assert (told["type"], told["data"]["id"]) == ("payment.succeeded", payment)

        first = hanging.heard[0].headers["webhook-id"]
        os.kill(system.pids()["webhooks"], signal.SIGKILL)
        hanging.over.set()  # from now on it answers nothing and hangs up
        hanging.reply = lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        path = f"/v1/webhook_endpoints/{endpoint['id']}/deliveries"
        _await_statuses(shop, path, {"succeeded"})

        assert sorted({each.headers["webhook-id"] for each in hanging.heard}) == sorted(
            each["event"] for each in shop.call("GET", path)["data"]
        )
        assert [each.headers["webhook-id"] for each in hanging.heard].count(first) == 2


def _await_statuses(developer: Developer, path: str, wanted: set[str]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    pause = threading.Event()
    while time.monotonic() < ends:
        if {each["status"] for each in developer.call("GET", path)["data"]} == wanted:
            return
        pause.wait(0.5)
    raise AssertionError(developer.call("GET", path))
