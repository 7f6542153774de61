"""One answer over HTTP: status, headers, body and how long it took."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

_SHOWN_LIMIT = 200


class NotJson(ValueError):
    """The answer holds no JSON object; the text says what came instead."""


@dataclass(frozen=True)
class Answer:
    """What came back for one request; ``seconds`` is measured at our side."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]
    seconds: float


Listener = Callable[[Answer], None]


def read_answer(method: str, path: str, response: requests.Response, seconds: float) -> Answer:
    """The answer in ``response``; raises NotJson unless it holds a JSON object."""
    try:
        body = response.json()
    except requests.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        shown = response.text[:_SHOWN_LIMIT]
        raise NotJson(f"{method} {path} answered {response.status_code} with no object: {shown}")
    return Answer(method, path, response.status_code, response.headers, body, seconds)
