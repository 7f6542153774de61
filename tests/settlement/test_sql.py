"""What PostgreSQL writes into a cell is what Python shows of the same value, to the character."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from kernel import ids
from kernel.cells import FORMULA, as_text
from kernel.clock import show_time
from kernel.currencies import MINOR_DIGITS
from kernel.money import Money
from settlement import sql

pytestmark = pytest.mark.django_db


def told(cell: str, kind: str, values: list[Any]) -> list[str | None]:
    """The cell of each value, which it names ``v``."""
    query = f"SELECT {cell} FROM unnest(%s::{kind}[]) WITH ORDINALITY AS t (v, at) ORDER BY at"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [values])
        return [cell for (cell,) in cursor.fetchall()]


def test_an_id_of_every_bit() -> None:
    bits = [UUID(int=1 << bit) for bit in range(128)]
    values = [UUID(int=0), UUID(int=(1 << 128) - 1), ids.new_uuid(), *bits]

    shown = told(sql.public_id("pay", "uuid_send(v)"), "uuid", [*values, None])

    assert shown == [*(ids.encode("pay", value) for value in values), None]


@pytest.mark.parametrize("minor", [0, 1, -1, 99, 12050, -12050, 2**63 - 1])
def test_an_amount_in_every_currency(minor: int) -> None:
    currencies = sorted(MINOR_DIGITS)

    shown = told(sql.major(f"({minor})::bigint", f"({sql.unit('v')})"), "text", currencies)

    assert shown == [format(Money(minor, currency).to_decimal(), "f") for currency in currencies]
    assert told(sql.major("NULL::bigint", f"({sql.unit('v')})"), "text", ["HKD"]) == [None]


def test_a_moment_is_cut_and_never_rounded() -> None:
    values = [
        datetime(2026, 12, 31, 23, 59, 59, 999_999, UTC),
        datetime(2026, 11, 19, 1, 0, 0, 0, UTC),
        datetime(2026, 11, 19, 1, 0, 0, 120_000, UTC),
        datetime(2026, 3, 29, 1, 30, 0, 1_500, UTC),
    ]

    shown = told(sql.moment("v"), "timestamptz", [*values, None])

    assert shown == [*map(show_time, values), None]
    assert shown[0] == "2026-12-31T23:59:59.999Z"


def test_a_text_that_a_spreadsheet_would_calculate() -> None:
    values = [*FORMULA, *(f"{begin}1+1" for begin in FORMULA), "R-1", "麵 1", " =1", "'=1", "1"]

    assert told(sql.text("v"), "text", values) == list(map(as_text, values))
    assert told(sql.text("v"), "text", ["", None]) == [None, None]
