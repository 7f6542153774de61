"""Reads one cell of a row: amounts, times, ids; each refusal names its column."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from kernel.money import AmountNotRepresentable, Money, UnknownCurrency
from settlement.scheme_files.refusal import FileRefused

BEIJING = timezone(timedelta(hours=8), "UTC+08:00")
_WHOLE_DIGITS = 12
_AMOUNT = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,4})?")
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
LONGEST_ID = 64
Columns = Mapping[str, int]  # the index of each column of a file


def plain_minor(text: str, digits: int) -> int:
    """Minor units of an amount in the form that nearly all have: ``120.50`` with two ``digits``.

    Raises KeyError for any other form: Row.minor reads it, and says what is wrong with it.
    """
    whole, _, part = text.partition(".")
    if len(part) != digits or len(whole) > _WHOLE_DIGITS or not text.isascii():
        raise KeyError(text)
    if not whole.isdigit() or (part and not part.isdigit()):
        raise KeyError(text)
    return int(whole + part)


class Row:
    """The cells of a line by the names of its columns."""

    __slots__ = ("_cells", "_columns", "line")

    def __init__(self, line: int, cells: Sequence[str], columns: Columns) -> None:
        self.line, self._cells, self._columns = line, cells, columns

    def raw(self, column: str) -> str:
        """The cell as it stands; empty where the older layout has no such column."""
        try:
            return self._cells[self._columns[column]]
        except KeyError:
            return ""

    def text(self, column: str, *, longest: int = 256) -> str:
        """A text that may be empty or, in the older layout, absent."""
        value = self.raw(column).strip()
        if len(value) > longest:
            raise self.refused(column, f"longer than {longest} characters")
        return value

    def id(self, column: str) -> str:
        """An id: never empty, at most 64 characters."""
        value = self.text(column, longest=LONGEST_ID)
        if not value:
            raise self.refused(column, "empty")
        return value

    def one_of(self, column: str, *words: str) -> str:
        """One of a few words, in any case."""
        value = self.text(column).upper()
        if value not in words:
            raise self.refused(column, f"{value[:40]!r} is none of {', '.join(words)}")
        return value

    def minor(self, column: str, currency_column: str = "Currency") -> int:
        """An amount as unsigned minor units: the type says what it means, not the sign (§6.3)."""
        try:
            return self._minor_of(column, self.text(currency_column))
        except UnknownCurrency as error:
            raise self.refused(currency_column, str(error)) from None

    def fen(self, column: str) -> int | None:
        """An amount in RMB as unsigned fen; None where there is none."""
        return self._minor_of(column, "CNY") if self.text(column) else None

    def _minor_of(self, column: str, currency: str) -> int:
        value = self.text(column)
        if _AMOUNT.fullmatch(value) is None:
            raise self.refused(column, f"{value[:40]!r} is no amount")
        try:
            return abs(Money.from_decimal(value, currency).minor)
        except AmountNotRepresentable as error:
            raise self.refused(column, str(error)) from None

    def check_sign(self, *columns: str) -> None:
        """Refuse a payment that says less than nothing; what is given back may have a minus."""
        for column in columns:
            if self.text(column).startswith("-"):
                raise self.refused(column, f"{self.text(column)[:40]!r}: a payment below zero")

    def rate(self, column: str) -> Decimal | None:
        """An exchange rate; None where there is none."""
        value = self.text(column)
        if not value:
            return None
        if _RATE.fullmatch(value) is None:
            raise self.refused(column, f"{value[:40]!r} is no rate")
        return Decimal(value)

    def time(self, column: str) -> datetime:
        """``yyyy-MM-dd HH:mm:ss`` in Beijing, as UTC."""
        value = self.text(column)
        try:
            if _TIME.fullmatch(value) is None:
                raise ValueError
            local = datetime.fromisoformat(value)
        except ValueError:
            raise self.refused(column, f"{value[:40]!r} is no time") from None
        return local.replace(tzinfo=BEIJING).astimezone(UTC)

    def refused(self, column: str, reason: str) -> FileRefused:
        """The refusal of a cell of this row."""
        return FileRefused(reason, line=self.line, column=column)
