"""Reads a JSON body strictly: bounded, no duplicate names, no NaN, an object at the top."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser


class BodyTooLarge(APIException):
    """413."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ParseError(f"The field {twice[:64]!r} stands twice in the JSON body.")
    return names


def _no_constant(name: str) -> None:
    raise ParseError(f"{name} is not JSON.")


class StrictJSONParser(BaseParser):
    """``application/json`` up to settings.API_BODY_LIMIT_BYTES."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        limit = settings.API_BODY_LIMIT_BYTES
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLarge(f"A body has at most {limit} bytes.")
        try:
            parsed = json.loads(body, object_pairs_hook=_object, parse_constant=_no_constant)
        except ParseError:
            raise
        except RecursionError:
            raise ParseError("The JSON body is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from None
        if not isinstance(parsed, dict):
            raise ParseError("The body must be a JSON object: { … }.")
        return parsed
