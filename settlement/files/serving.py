"""Handing a stored file out: whole or a range of it, with its digest as ETag, as a download."""

import re
from collections.abc import Iterator, Mapping
from typing import IO, Protocol

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

CHUNK = 64 * 1024  # bytes
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Part:
    """``length`` bytes of an open file from ``start``; the answer closes it."""

    def __init__(self, file: IO[bytes], start: int, length: int) -> None:
        self._file, self._left = file, length
        file.seek(start)
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (chunk := self._file.read(min(CHUNK, self._left))):
            self._left -= len(chunk)
            yield chunk


class Kept(Protocol):
    """The row of a stored file."""

    name: str
    sha256: str
    size_bytes: int


def serve_file(
    file: IO[bytes], row: Kept, *, content_type: str, headers: Mapping[str, str]
) -> HttpResponseBase:
    """The answer to a request with these ``headers``: 200, 206, 304 or 416 (RFC 9110 §14)."""
    etag, size = f'"{row.sha256}"', row.size_bytes
    wanted = headers.get("Range") if headers.get("If-Range", etag) == etag else None
    span = read_range(wanted, size)
    answer: HttpResponseBase
    if etag in parse_etags(headers.get("If-None-Match", "")):
        file.close()
        answer = HttpResponse(status=304)
    elif span is None:
        answer = StreamingHttpResponse(Part(file, 0, size), content_type=content_type)
        answer["Content-Length"] = str(size)
    elif not span:
        file.close()
        answer = HttpResponse(status=416, content_type=content_type)
        answer["Content-Range"] = f"bytes */{size}"
    else:
        part = Part(file, span.start, len(span))
        answer = StreamingHttpResponse(part, status=206, content_type=content_type)
        answer["Content-Length"] = str(len(span))
        answer["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    answer["ETag"] = etag
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    return answer


def read_range(text: str | None, size: int) -> range | None:
    """The bytes that a Range header asks for: None is the whole file (also for several ranges,
    which nobody needs, and for what is no range), an empty range cannot be answered."""
    found = _RANGE.fullmatch(text or "")
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return range(max(0, size - int(found[2])), size)
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < first:
        return None
    return range(first, last + 1) if first < size else range(0)
