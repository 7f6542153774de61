"""The OpenAPI document: ``make docs`` prints it from the code, and it is served as it was printed.

To print it takes most of a second of CPU, in which a web process would answer no till; and a change
of the contract is a change that a reviewer sees. A test says that the file is what the code prints.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe
from drf_spectacular.generators import SchemaGenerator

FILE = Path(__file__).with_name("openapi.json")


def render() -> str:
    """The document as the code of this moment has it."""
    printer: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    document = printer.get_schema(request=None, public=True)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


@cache
def _printed() -> bytes:
    return FILE.read_bytes()


@cache
def _etag() -> str:
    return f'"{hashlib.sha256(_printed()).hexdigest()[:32]}"'


@require_safe
@cache_control(public=True, max_age=300)
@condition(etag_func=lambda _request: _etag())
def openapi(_request: HttpRequest) -> HttpResponse:
    """``GET /v1/openapi.json``; needs no key."""
    return HttpResponse(_printed(), content_type="application/vnd.oai.openapi+json; version=3.0")
