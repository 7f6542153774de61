"""gunicorn's gevent worker, except that what it refuses by itself is answered as the API answers.

Nothing of ours is imported at the top: gunicorn's master loads this file before any worker patches
the standard library (see gunicorn.py beside it).
"""

import json
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

# Status, stable code, and what the caller must change; the first kind that fits decides.
_REFUSALS: list[tuple[type[Exception], int, str, str]] = [
    (errors.LimitRequestLine, 414, "address_too_long", "Shorten the address: 4,000 bytes at most."),
    (
        errors.LimitRequestHeaders,
        431,
        "headers_too_large",
        "Send at most 50 headers of at most 8,000 bytes each.",
    ),
    (
        errors.UnsupportedTransferCoding,
        501,
        "unsupported_transfer_encoding",
        "Send the body with a Content-Length, or chunked.",
    ),
    (errors.ExpectationFailed, 417, "expectation_failed", "Leave the header Expect out."),
    (errors.InvalidChunkSize, 400, "malformed_body", "A chunk of the body has no size."),
    (errors.ChunkMissingTerminator, 400, "malformed_body", "A chunk of the body has no end."),
    (errors.ParseException, 400, "malformed_http", "This is not a request of HTTP/1.1."),
]
# These too are kinds of ParseException, and yet faults of ours.
_OURS = (
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
    errors.ConfigurationProblem,
)


def refusal(error: BaseException) -> bytes | None:
    """The whole answer to a request that gunicorn cannot read; None if ``error`` is no such."""
    if isinstance(error, _OURS):
        return None
    for kind, status, code, detail in _REFUSALS:
        if isinstance(error, kind):
            return _answer(status, code, detail)
    return None


def _answer(status: int, code: str, detail: str) -> bytes:
    from api.problems import CONTENT_TYPE, problem  # not in the master
    from kernel import ids

    request_id = ids.encode("req", ids.new_uuid())
    document = problem(status=status, code=code, detail=detail, request=None)
    document["request_id"] = request_id
    body = json.dumps(document).encode()
    head = (
        f"HTTP/1.1 {status} {document['title']}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-Id: {request_id}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


class ProblemWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """Answers what it cannot read with a problem document (RFC 9457)."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        answer = refusal(exc)
        if answer is None:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("request refused from %s: %s", (addr or ("",))[0], type(exc).__name__)
        try:
            client.sendall(answer)
        except OSError:
            self.log.debug("the caller is gone")
