"""Connections that send in one piece and demand the whole answer within the read time limit.

A socket's own time-out starts again with every byte; a peer that drips could hold a call for ever.
"""

import io
import socket
import time
from http.client import HTTPResponse
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse


class _Reader(io.RawIOBase):
    """Reads a socket until ``deadline`` on the monotonic clock, then raises TimeoutError."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._socket = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer is not complete in time")
        self._socket.settimeout(remaining)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """What HTTPResponse needs of a socket; its file ends ``sock.gettimeout()`` from now."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        # urllib3 has just set the read time limit on the socket, and the request is sent.
        seconds = self._socket.gettimeout() or 0.0
        return io.BufferedReader(_Reader(self._socket, time.monotonic() + seconds))


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(_TimedSocket(sock), *args, **kwargs)  # type: ignore[arg-type]


class _OneSend(HTTPConnection):
    """Sends head and body in one piece: one system call, and on TLS one record."""

    response_class = _TimedResponse
    _held: bytearray | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._held = held = bytearray()
        try:
            super().request(*args, **kwargs)
        finally:
            self._held = None
        self.send(held)

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)
        else:
            self._held += data


class _HTTPConnection(_OneSend):
    pass


class _HTTPSConnection(_OneSend, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class DeadlineAdapter(HTTPAdapter):
    """An adapter for ``requests`` whose pools hold such connections. It never tries twice.

    It serves a fixed handful of addresses with one trust setting, so it looks each pool up once.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        self._pools: dict[str, ConnectionPool] = {}

    def get_connection_with_tls_context(
        self, request: PreparedRequest, *args: Any, **kwargs: Any
    ) -> ConnectionPool:
        url = request.url or ""
        if url not in self._pools:
            self._pools[url] = super().get_connection_with_tls_context(request, *args, **kwargs)
        return self._pools[url]

    def build_response(self, req: PreparedRequest, resp: BaseHTTPResponse) -> Response:
        """Only what the gateway's answers need: no cookies, no reason, no history."""
        response = Response()
        response.status_code = resp.status
        response.raw = resp
        return response
