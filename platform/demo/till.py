"""A cash register: what an ECR does with one API key, through the public REST API only."""

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import requests

from demo.answer import Answer, Listener, read_answer

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 75.0  # `Prefer: wait` is at most 60 s
_PAGES_LIMIT = 200
_PAGE_SIZE = 3  # a day of a few payments is to have several pages


class TooManyPages(RuntimeError):
    """A list went on beyond the limit."""


class Till:
    """Calls of one merchant's key. ``heard`` is told of each answer but those of ``look``."""

    def __init__(self, web_url: str, api_key: str, *, heard: Listener) -> None:
        self._web_url = web_url
        self._heard = heard
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {api_key}"
        self._session.trust_env = False  # a proxy of this machine is not for loopback addresses

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._session.close()

    def stores(self) -> list[str]:
        """GET /v1/stores: the ids of those that this key may sell in."""
        return [store["id"] for store in self._call("GET", "/v1/stores").body["data"]]

    def charge(self, order: dict[str, Any], *, wait_seconds: int) -> Answer:
        """POST /v1/payments, waiting for the end up to ``wait_seconds`` (0 to 60)."""
        return self._call(
            "POST", "/v1/payments", json=order, headers={"Prefer": f"wait={wait_seconds}"}
        )

    def refund(self, payment_id: str, order: dict[str, Any]) -> Answer:
        """POST /v1/payments/{id}/refunds; an empty order gives back all that is left."""
        return self._call("POST", f"/v1/payments/{payment_id}/refunds", json=order)

    def cancel(self, payment_id: str) -> Answer:
        """POST /v1/payments/{id}/cancel."""
        return self._call("POST", f"/v1/payments/{payment_id}/cancel", json={})

    def read(self, payment_id: str, *, language: str = "en") -> Answer:
        """GET /v1/payments/{id}, with the cashier's sentence in ``language``."""
        return self._call(
            "GET", f"/v1/payments/{payment_id}", headers={"Accept-Language": language}
        )

    def look(self, payment_id: str) -> dict[str, Any]:
        """The payment now, without a word to the listener: for waiting."""
        path = f"/v1/payments/{payment_id}"
        answer = self._send("GET", path)
        if answer.status != 200:
            raise LookupError(f"GET {path} answered {answer.status}: {answer.body}")
        return answer.body

    def list_payments(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Every payment that the filters leave, page after page, newest first."""
        query: dict[str, str | int] = {**filters, "limit": _PAGE_SIZE}
        for _ in range(_PAGES_LIMIT):
            page = self._call("GET", "/v1/payments", params=query).body
            yield from page["data"]
            if not page["has_more"]:
                return
            query["cursor"] = page["next_cursor"]
        raise TooManyPages(f"more than {_PAGES_LIMIT} pages of payments")

    def _call(self, method: str, path: str, **rest: Any) -> Answer:
        answer = self._send(method, path, **rest)
        self._heard(answer)
        return answer

    def _send(self, method: str, path: str, **rest: Any) -> Answer:
        began = time.monotonic()
        response = self._session.request(
            method, self._web_url + path, timeout=(_CONNECT_SECONDS, _READ_SECONDS), **rest
        )
        return read_answer(method, path, response, time.monotonic() - began)
