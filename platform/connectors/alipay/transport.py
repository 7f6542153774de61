"""Carries one call to the gateway and brings its answer back, or says exactly what went wrong.

A call goes out once. The backup address is tried only when surely nothing was sent to the first,
or when the first is left alone by its breaker.
"""

import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import requests
from requests import PreparedRequest, Response
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    IncompleteRead,
    NewConnectionError,
    ReadTimeoutError,
)

from connectors.alipay.breaker import Breaker, BreakerLimits
from connectors.alipay.config import CallLimit
from connectors.alipay.deadline import DeadlineAdapter
from connectors.alipay.signing import CHARSET

# The charset must stand in the address, whatever else travels in the body (§1.1).
_QUERY = f"?_input_charset={CHARSET}"
_HEADERS = {
    "Content-Type": f"application/x-www-form-urlencoded; charset={CHARSET}",
    "Accept": "text/xml, text/plain, text/html",
    "Accept-Encoding": "identity",  # a small packed body could unfold beyond the limit
    "User-Agent": "Tillgate",
}
_CHUNK_BYTES = 16 * 1024
ALL_LEFT_ALONE = "every address is left alone after failing"
_NEVER = BreakerLimits(failures=1_000_000_000)
_PLAIN_ANSWERS = frozenset({b"true", b"false", b"invalid"})  # of notify_verify (§3.6)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``body`` is complete, or None; ``error`` says why it is not there."""

    address: str
    body: bytes | None
    http_status: int | None
    duration_ms: int
    error: str | None = None
    was_sent: bool = True
    partial: bytes = b""  # what had arrived of a body that is not complete: evidence, not answer


@dataclass(frozen=True, slots=True)
class Way:
    """An address that a call was let in to, and the turn that its breaker gave."""

    breaker: Breaker
    turn: int


class Http(Protocol):
    """How a gateway object reaches Alipay; tests and other stacks may bring their own."""

    def post(
        self, body: bytes, limit: CallLimit, *, is_repeatable: bool = True, way: Way | None = None
    ) -> Reply:
        """Send a form once. Never raises for what the network or the peer does.

        Only what ``is_repeatable`` may try an address that was left alone. With ``way`` it goes
        to that address and to no other.
        """

    @property
    def breakers(self) -> Sequence[Breaker]:
        """One per address, in the order of trying."""

    def close(self) -> None:
        """Close every pooled connection."""


class GatewayHttp:
    """``requests`` on pooled connections, shared by threads or greenlets.

    ``addresses`` in the order of trying; ``query`` names the charset as the gateway wants it;
    ``ca_bundle`` replaces the system's trusted certificates.
    """

    def __init__(
        self,
        addresses: tuple[str, ...],
        *,
        max_answer_bytes: int,
        pool_size: int,
        breaker: BreakerLimits = _NEVER,
        query: str = _QUERY,
        ca_bundle: str | None = None,
    ) -> None:
        self._query = query
        self._max_answer_bytes = max_answer_bytes
        self._verify: bool | str = ca_bundle or True
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no netrc of the machine's
        adapter = DeadlineAdapter(
            pool_connections=len(addresses), pool_maxsize=pool_size, max_retries=0, pool_block=False
        )
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._templates = {address: self._template(address) for address in addresses}
        self.breakers = [Breaker(address, breaker) for address in addresses]

    def post(
        self, body: bytes, limit: CallLimit, *, is_repeatable: bool = True, way: Way | None = None
    ) -> Reply:
        started = time.monotonic()
        reply = Reply(self.breakers[0].address, None, None, 0, ALL_LEFT_ALONE, was_sent=False)
        for each in self._ways(is_repeatable=is_repeatable) if way is None else [way]:
            reply = self._post_once(each.breaker.address, body, limit, started)
            each.breaker.record(each.turn, is_good=_is_answer(reply))
            if reply.was_sent:
                break
        return reply

    def _ways(self, *, is_repeatable: bool) -> Iterator[Way]:
        """The addresses that the call may go to, each asked only when the one before was not."""
        order = list(self.breakers)
        if is_repeatable:
            order.sort(key=lambda breaker: breaker.reluctance)
        for breaker in order:
            turn = breaker.enter()
            if turn is None and is_repeatable:
                turn = breaker.try_out()
            if turn is not None:
                yield Way(breaker, turn)

    def close(self) -> None:
        self._session.close()

    def _template(self, address: str) -> PreparedRequest:
        # Preparing (address, headers, cookies) is most of what requests costs; it is done once.
        return self._session.prepare_request(
            requests.Request("POST", address + self._query, headers=_HEADERS)
        )

    def _post_once(self, address: str, body: bytes, limit: CallLimit, started: float) -> Reply:
        prepared = self._templates[address].copy()
        prepared.body = body
        prepared.headers["Content-Length"] = str(len(body))
        # The adapter alone: no redirects, cookies or hooks, which Session.send() would look for.
        adapter = self._session.get_adapter(prepared.url or address)
        try:
            response = adapter.send(
                prepared,
                stream=True,
                timeout=(limit.connect_seconds, limit.read_seconds),
                verify=self._verify,
            )
        except (requests.RequestException, HTTPError, OSError) as error:
            was_sent = not _surely_unsent(error)
            return Reply(address, None, None, _since(started), _words(error), was_sent)
        content, failure = self._read(response)
        return Reply(
            address,
            body=content if failure is None else None,
            http_status=response.status_code,
            duration_ms=_since(started),
            error=failure,
            partial=b"" if failure is None else content,
        )

    def _read(self, response: Response) -> tuple[bytes, str | None]:
        """The body, and why it is not complete; then the connection is closed, else reused."""
        chunks: list[bytes] = []
        size = 0
        error: str | None = None
        try:
            while chunk := response.raw.read(_CHUNK_BYTES, decode_content=False):
                size += len(chunk)
                if size > self._max_answer_bytes:
                    error = f"the answer is larger than {self._max_answer_bytes} bytes"
                    break
                chunks.append(chunk)
        except (HTTPError, OSError) as failure:
            error = _words(failure)
        finally:
            if error is None:
                response.raw.release_conn()
            else:
                response.raw.close()
        return b"".join(chunks), error


def _is_answer(reply: Reply) -> bool:
    """Does a gateway that works answer so? What the answer says is no matter here."""
    if reply.body is None or reply.http_status != 200:
        return False
    return b"<alipay" in reply.body[:512] or reply.body in _PLAIN_ANSWERS


def _since(started: float) -> int:
    """Milliseconds since ``started`` on the monotonic clock."""
    return round((time.monotonic() - started) * 1000)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it wraps: requests and urllib3 pack in ``args``, ``reason``, context."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        each = waiting.pop(0)
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            waiting += [*each.args, getattr(each, "reason", None), each.__cause__]
    return found


def _surely_unsent(error: Exception) -> bool:
    """Did the connection itself fail, so that no byte of the request left?"""
    # NewConnectionError covers refusal, unreachable networks and names that do not resolve.
    never_connected = (NewConnectionError, ConnectTimeoutError, ssl.SSLCertVerificationError)
    return any(isinstance(cause, never_connected) for cause in _causes(error))


def _words(error: Exception) -> str:
    """One short sentence; never the exception's own text, which may quote what was sent."""
    words: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
        (ssl.SSLCertVerificationError, "the gateway's certificate is not trusted"),
        (NewConnectionError, "could not connect"),  # to urllib3 a kind of ConnectTimeoutError
        (ConnectTimeoutError, "connect timed out"),
        ((ReadTimeoutError, TimeoutError), "read timed out"),
        (IncompleteRead, "the answer ended early"),
        (ssl.SSLError, "the secure connection failed"),
        ((ConnectionError, requests.ConnectionError), "the connection was lost"),
    )
    causes = _causes(error)
    for kind, text in words:
        if any(isinstance(cause, kind) for cause in causes):
            return text
    return f"the call failed: {type(error).__name__}"
