"""Records the statements that the code really sends for one payment, so the floor cannot drift."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.db import connection
from django.test import Client

from payments.services import background


@dataclass(frozen=True)
class Statement:
    """One statement as it was sent, with its parameters by name (or by place)."""

    sql: str
    params: dict[str, Any]


def capture_payment(till: tuple[str, str], number: int) -> list[Statement]:
    """Pay once through the API, in this process and this thread; what the database was sent."""
    statements: list[Statement] = []

    def record(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        statements.append(Statement(sql, _by_name(params)))
        return execute(sql, params, many, context)

    key, store = till
    body = {
        "amount": 12050,
        "currency": "HKD",
        "payment_code": f"28{number:016d}",
        "merchant_reference": f"captured-{number:010d}",
        "store": store,
    }
    client = Client(headers={"authorization": f"Bearer {key}"}, SERVER_NAME="127.0.0.1")
    with (
        mock.patch.object(background, "start", background._run),
        connection.execute_wrapper(record),
    ):
        answer = client.post("/v1/payments", json.dumps(body), content_type="application/json")
    if answer.status_code != 201:
        raise RuntimeError(f"the payment to be recorded was answered {answer.content.decode()}")
    return statements


def _by_name(params: Any) -> dict[str, Any]:
    if isinstance(params, dict):
        return dict(params)
    return {f"p{place}": value for place, value in enumerate(params or ())}
