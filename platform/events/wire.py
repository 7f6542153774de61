"""Carries one request to one endpoint within one time limit, whatever the peer does meanwhile."""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import certifi

from events.addresses import AddressRefused, Target, find_places, read_url
from kernel.masking import mask

LIMIT_SECONDS = 15.0  # name, connection, TLS, request and answer together
_ANSWER_BYTES = 16 * 1024  # read at most; then the connection is closed
_EXCERPT_CHARACTERS = 1024
_ERROR_CHARACTERS = 200
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. ``error`` says why there is no ``http_status``, or what is wrong with it."""

    http_status: int | None
    duration_ms: int
    error: str = ""
    excerpt: str = ""

    @property
    def is_success(self) -> bool:
        """Only 2xx says that the event has arrived; a redirect is not followed."""
        return self.http_status is not None and 200 <= self.http_status < 300


class _Deadline:
    """Ends a connection at the limit, however slowly the other side keeps it busy."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._handle: socket.socket | None = None
        self._timer: threading.Timer | None = None
        self.is_over = False

    def remaining(self) -> float:
        """Seconds left; raises TimeoutError when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0 or self.is_over:
            raise TimeoutError
        return left

    def watch(self, sock: socket.socket) -> None:
        self.close()  # of the place that was tried before
        # A handle of its own: TLS takes the socket over, and shutdown reaches it all the same.
        self._handle = sock.dup()
        self._timer = threading.Timer(self.remaining(), self._end)
        self._timer.daemon = True
        self._timer.start()

    def _end(self) -> None:
        self.is_over = True
        if self._handle is not None:
            try:
                self._handle.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the other side was quicker

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._handle is not None:
            self._handle.close()


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    livemode: bool,
    seconds: float = LIMIT_SECONDS,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """POST once. Never raises for what the address, the network or the peer does."""
    started = time.monotonic()
    deadline = _Deadline(seconds)
    status, error, content = None, "", b""
    try:
        target = read_url(url, livemode=livemode)
        sock = _connect(target, deadline, trust or _trust())
        with sock, _exchange(sock, target, body, headers) as response:
            deadline.remaining()  # a head that the limit has cut off reads like a whole one
            status, error = response.status, _complaint(response)
            content = _read(response)
    except AddressRefused as refusal:
        error = str(refusal)
    except (OSError, http.client.HTTPException, ValueError) as failure:
        error = _words(failure, is_over=deadline.is_over, seconds=seconds)
    finally:
        deadline.close()
    duration_ms = round((time.monotonic() - started) * 1000)
    return Answer(status, duration_ms, error[:_ERROR_CHARACTERS], _excerpt(content))


def _connect(target: Target, deadline: _Deadline, trust: ssl.SSLContext) -> socket.socket:
    """A connection to a place that was checked just now: no proxy, no second look at the name."""
    places = find_places(target, seconds=deadline.remaining())
    for place in places[:-1]:
        try:
            return _open(place, target, deadline, trust)
        except OSError:
            continue  # the name has another place
    return _open(places[-1], target, deadline, trust)


def _open(place: str, target: Target, deadline: _Deadline, trust: ssl.SSLContext) -> socket.socket:
    sock = socket.create_connection((place, target.port), timeout=deadline.remaining())
    try:
        deadline.watch(sock)
        if target.scheme == "https":
            return trust.wrap_socket(sock, server_hostname=target.host)
    except BaseException:
        sock.close()
        raise
    return sock


def _exchange(
    sock: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = sock
    connection.auto_open = 0  # never a connection that was not checked
    connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    sent = {"Host": target.netloc, "Connection": "close", "Content-Length": str(len(body))}
    for name, value in (sent | dict(headers)).items():
        connection.putheader(name, value)
    connection.endheaders(body)
    return connection.getresponse()


def _complaint(response: http.client.HTTPResponse) -> str:
    if 300 <= response.status < 400:
        where = _excerpt((response.headers.get("Location") or "").encode("utf-8", "replace"))
        return f"it redirects ({where[:100]}), and redirects are not followed"
    return ""


def _read(response: http.client.HTTPResponse) -> bytes:
    """The beginning of the body; what is not whole or not in time is no matter any more."""
    content = b""
    try:
        while len(content) < _ANSWER_BYTES:
            chunk = response.read1(_ANSWER_BYTES - len(content))
            if not chunk:
                break
            content += chunk
    except (OSError, http.client.HTTPException, ValueError):
        pass
    return content


def _excerpt(content: bytes) -> str:
    text = content[: 4 * _EXCERPT_CHARACTERS].decode("utf-8", "replace")
    return mask(_UNPRINTABLE.sub(" ", text))[:_EXCERPT_CHARACTERS]


def _words(failure: Exception, *, is_over: bool, seconds: float) -> str:
    if is_over or isinstance(failure, TimeoutError):
        return f"no answer within {seconds:g} s"
    if isinstance(failure, ssl.SSLError):
        reason = getattr(failure, "verify_message", "") or failure.reason or "no TLS"
        return f"no secure connection: {reason}"
    if isinstance(failure, ConnectionRefusedError):
        return "nobody listens at this address"
    if isinstance(failure, OSError) and not isinstance(failure, ConnectionError):
        return f"cannot be reached: {failure.strerror or type(failure).__name__}"
    return "the connection ended without an answer that is HTTP"


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())
