"""HEAD leaves our code without a body, so that no server has to drop one and complain."""

from django.http import HttpResponse
from django.test import RequestFactory

from api.head import HeadMiddleware


def test_the_body_is_taken_away_and_its_length_is_left() -> None:
    answer = HeadMiddleware(lambda request: HttpResponse(b"twelve bytes"))(
        RequestFactory().head("/healthz")
    )

    assert answer.content == b""
    assert answer["Content-Length"] == "12"


def test_another_method_keeps_its_body() -> None:
    answer = HeadMiddleware(lambda request: HttpResponse(b"twelve bytes"))(
        RequestFactory().get("/healthz")
    )

    assert answer.content == b"twelve bytes"
