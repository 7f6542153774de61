"""What gunicorn refuses before Django hears of it is a problem document too."""

import json

import pytest
from gunicorn.http import errors

from config.web_worker import refusal


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.LimitRequestLine(5000, 4094), 414, "address_too_long"),
        (errors.LimitRequestHeaders("too many"), 431, "headers_too_large"),
        (errors.UnsupportedTransferCoding("gzip"), 501, "unsupported_transfer_encoding"),
        (errors.ExpectationFailed("200-maybe"), 417, "expectation_failed"),
        (errors.InvalidChunkSize(b"zz"), 400, "malformed_body"),
        (errors.ChunkMissingTerminator(b""), 400, "malformed_body"),
        (errors.InvalidRequestLine("\x16\x03"), 400, "malformed_http"),
        (errors.InvalidHeaderName("A B"), 400, "malformed_http"),
        (errors.InvalidHeader("CONTENT-LENGTH"), 400, "malformed_http"),
    ],
)
def test_a_request_that_cannot_be_read_is_told_what_to_change(
    error: Exception, status: int, code: str
) -> None:
    answer = refusal(error)

    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"Content-Type: application/problem+json" in head
    assert b"Content-Length: %d\r\n" % len(body) in head
    assert b"X-Request-Id: " + problem["request_id"].encode() in head
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]


@pytest.mark.parametrize(
    "error",
    [errors.InvalidResponseHeader("x"), errors.ConfigurationProblem("x"), RuntimeError("x")],
)
def test_a_fault_of_ours_is_left_to_gunicorn(error: Exception) -> None:
    assert refusal(error) is None
