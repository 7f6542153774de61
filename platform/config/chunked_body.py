"""Gives a chunked request body its length before Django reads it.

Django reads as many bytes as Content-Length names, so it takes a chunked body for an empty one: a
partial refund, sent in chunks, would be a refund of everything.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Protocol

Environ = dict[str, Any]


class Application(Protocol):
    """A WSGI application."""

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]: ...


class ChunkedBody:
    """A WSGI application that hands ``application`` every body with its length.

    One byte more than ``limit_bytes`` is read at most: enough for the parser to refuse the body.
    A chunk that cannot be read raises the server's own error, before a view sees the request.
    """

    def __init__(self, application: Application, *, limit_bytes: int) -> None:
        self.application = application
        self.limit_bytes = limit_bytes

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING", "").strip().lower() == "chunked":
            self._measure(environ)
        return self.application(environ, start_response)

    def _measure(self, environ: Environ) -> None:
        body = environ["wsgi.input"].read(self.limit_bytes + 1)
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
