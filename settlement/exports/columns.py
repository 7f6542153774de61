"""The columns of exports: what stands in a cell, as SQL over ``row`` and what stands beside it."""

from dataclasses import dataclass

from settlement import sql


@dataclass(frozen=True, slots=True)
class Column:
    """``sql`` gives the cell's text or NULL, ``csv`` the same as it stands in a CSV file; both read
    ``row`` with what it ``needs``: expressions that are worked out once for each row.

    Of one that ``repeats`` many rows say the same; an ``is_amount`` one is a number in major units,
    an ``is_moment`` one RFC 3339 in UTC with milliseconds.
    """

    title: str
    sql: str
    csv: str
    needs: str = ""
    repeats: bool = False
    is_amount: bool = False
    is_moment: bool = False
    width: int = 16  # characters, in a workbook


_ID, _MOMENT, _TEXT = 31, 25, 24  # characters that fit


def id_of_row(title: str, prefix: str, name: str) -> Column:
    """The public id in the row's column ``name``."""
    shown = sql.public_id(prefix, f"row.sent_{name}")
    needs = f"uuid_send(found.{name}) AS sent_{name}"
    return Column(title, shown, shown, needs, width=_ID)


def moment(title: str, column: str) -> Column:
    """A ``timestamptz``."""
    shown = sql.moment(column)
    return Column(title, shown, shown, is_moment=True, width=_MOMENT)


def money(title: str, minor: str) -> Column:
    """``minor`` units in the currency of the row."""
    shown = sql.major(minor, "row.unit")
    needs = f"{sql.unit('found.currency')} AS unit"
    return Column(title, shown, shown, needs, is_amount=True)


def written(title: str, column: str) -> Column:
    """What people wrote."""
    return Column(title, f"({column})::text", sql.text(f"({column})::text"), width=_TEXT)


def own(title: str, column: str) -> Column:
    """A text of ours that hardly two rows share."""
    return Column(title, column, column, width=_TEXT)


def word(title: str, column: str) -> Column:
    """A word or a number of ours."""
    return Column(title, f"({column})::text", f"({column})::text", repeats=True)


def name_of(title: str, table: str, column: str) -> Column:
    """The name in ``column`` of what stands beside the row."""
    return Column(title, f"{table}.{column}", f"{table}.shown_name", repeats=True, width=_TEXT)


def id_of(table: str, title: str = "") -> Column:
    """The public id of what stands beside the row."""
    shown = f"{table}.public_id"
    return Column(title or f"{table} id", shown, shown, repeats=True, width=_ID)
