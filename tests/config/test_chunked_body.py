"""A chunked body reaches the view whole, and never as an empty one."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest
from gunicorn.http.errors import InvalidChunkSize

from config.chunked_body import ChunkedBody, Environ


class Reached:
    """An application that keeps what it was given."""

    body: bytes | None = None

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        self.body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return []


class BrokenChunks(BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise InvalidChunkSize(b"zz")


def send(environ: Environ, *, limit_bytes: int = 20) -> bytes | None:
    reached = Reached()
    ChunkedBody(reached, limit_bytes=limit_bytes)(environ, lambda *_: None)
    return reached.body


@pytest.mark.parametrize("spelling", ["chunked", "Chunked", " chunked "])
def test_a_chunked_body_arrives_whole(spelling: str) -> None:
    environ = {"HTTP_TRANSFER_ENCODING": spelling, "wsgi.input": BytesIO(b'{"amount": 50}')}

    assert send(environ) == b'{"amount": 50}'


def test_of_an_oversized_chunked_body_only_one_byte_too_much_is_read() -> None:
    unread = BytesIO(b"x" * 1000)

    body = send({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": unread}, limit_bytes=20)

    assert body == b"x" * 21
    assert unread.tell() == 21


def test_a_body_with_a_length_is_left_alone() -> None:
    whole = BytesIO(b"abc")

    assert send({"CONTENT_LENGTH": "3", "wsgi.input": whole}) == b"abc"


def test_broken_chunks_reach_no_view() -> None:
    reached = Reached()
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BrokenChunks()}

    with pytest.raises(InvalidChunkSize):
        ChunkedBody(reached, limit_bytes=20)(environ, lambda *_: None)

    assert reached.body is None


def test_the_served_application_reads_chunks() -> None:
    from config.wsgi import application

    assert isinstance(application, ChunkedBody)
