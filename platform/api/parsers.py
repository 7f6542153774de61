"""Reads a JSON body strictly: whole, bounded, UTF-8, no duplicate names, an object at the top."""

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


def _promised_bytes(parser_context: Mapping[str, Any]) -> int:
    """What Content-Length says; 0 if it says nothing."""
    promised = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
    return int(promised) if promised.isdecimal() else 0


def _read_whole(stream: IO[bytes], promised_bytes: int) -> bytes:
    limit = settings.API_BODY_LIMIT_BYTES
    if promised_bytes > limit:
        raise BodyTooLarge(f"A body has at most {limit} bytes.")
    body = stream.read(limit + 1)
    if len(body) < promised_bytes:
        raise ParseError("The body is shorter than its Content-Length.")
    return body


class StrictJSONParser(BaseParser):
    """``application/json`` up to settings.API_BODY_LIMIT_BYTES."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = _read_whole(stream, _promised_bytes(parser_context or {}))
        try:
            # UTF-8 and nothing else (RFC 8259 §8.1), with the mark that some senders put before it.
            text = body.decode("utf-8-sig")
            parsed = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
        except ParseError:
            raise
        except RecursionError:
            raise ParseError("The JSON body is nested too deeply.") from None
        except UnicodeDecodeError:
            raise ParseError("The body is not UTF-8.") from None
        except json.JSONDecodeError as error:
            raise ParseError(f"The body is not JSON: {error}.") from None
        except ValueError:
            raise ParseError("A number in the body has too many digits.") from None
        if not isinstance(parsed, dict):
            raise ParseError("The body must be a JSON object: { … }.")
        return parsed
