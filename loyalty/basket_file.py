"""Reading baskets of the past: public retail data sets and tills' exports, as CSV.

Two layouts: ``lines`` has a row for each line, with a column that says which basket it is of (UCI
Online Retail, Instacart, Complete Journey, most tills); ``baskets`` has a basket in each row, its
products in the cells (the groceries set). What a line came to is its quantity times its price, or
stands in a column of its own.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from pathlib import Path
from zoneinfo import ZoneInfo

from kernel.money import AmountNotRepresentable, Money
from loyalty.basket_state import AMOUNT_LIMIT_MINOR, SKU_LENGTH

BYTES_LIMIT = 2 * 1024**3
LINES_LIMIT = 20_000_000
_CELLS_LIMIT = 1000  # of a row
_QUANTITY_LIMIT = 1_000_000


class BadFile(ValueError):
    """The file cannot be read so; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column says what; of ``baskets`` only the delimiter, the zone and ``at`` count."""

    kind: str  # lines or baskets
    currency: str
    at: datetime  # when it was bought, where no column says
    zone: ZoneInfo
    basket: str = ""
    sku: str = ""
    name: str = ""
    category: str = ""
    quantity: str = ""
    price: str = ""
    total: str = ""
    time: str = ""
    time_format: str = ""
    delimiter: str = ","
    encoding: str = "utf-8-sig"


@dataclass(frozen=True, slots=True)
class OldLine:
    """One line of a basket of the past. ``quantity`` is below zero where it was brought back.

    ``total_minor`` is what the line came to, exactly; ``unit_amount_minor`` is its price of one,
    rounded half up where the file tells only the total. What is weighed (1.35 kg) is one piece.
    """

    row: int
    basket: str
    at: datetime
    sku: str
    name: str
    category: str
    quantity: int
    unit_amount_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class BadRow:
    """What is wrong in one row."""

    row: int
    column: str
    message: str


def read_lines(path: Path, layout: Layout) -> Iterator[OldLine | BadRow]:
    """Each line, or what is wrong with it; raises BadFile for a file that fits the layout not."""
    if path.stat().st_size > BYTES_LIMIT:
        raise BadFile("The file is larger than 2 GB; split it.")
    try:
        with path.open(encoding=layout.encoding, newline="") as file:
            rows = csv.reader(file, delimiter=layout.delimiter)
            yield from _baskets(rows, layout) if layout.kind == "baskets" else _lines(rows, layout)
    except (UnicodeDecodeError, LookupError):
        raise BadFile(f"The file is not in {layout.encoding}; name its --encoding.") from None
    except csv.Error as error:
        raise BadFile(f"The CSV cannot be read: {error}.") from None


def _baskets(rows: Iterator[list[str]], layout: Layout) -> Iterator[OldLine | BadRow]:
    for number, cells in enumerate(rows, start=1):
        names = dict.fromkeys(cell.strip() for cell in cells if cell.strip())
        if len(cells) > _CELLS_LIMIT:
            yield BadRow(number, "", f"At most {_CELLS_LIMIT} products in a basket.")
        elif bad := [name for name in names if len(name) > SKU_LENGTH or "\0" in name]:
            said = f"Longer than {SKU_LENGTH} characters, or with a NUL: {bad[0][:40]!a}."
            yield BadRow(number, "", said)
        else:
            for name in names:
                yield OldLine(number, str(number), layout.at, name, name, "", 1, 0, 0)


def _lines(rows: Iterator[list[str]], layout: Layout) -> Iterator[OldLine | BadRow]:
    header = [cell.strip() for cell in next(rows, [])]
    wanted = [layout.basket, layout.sku, layout.name, layout.category, layout.quantity,
              layout.price, layout.total, layout.time]  # fmt: skip
    if missing := [name for name in wanted if name and name not in header]:
        raise BadFile(f"No such column: {', '.join(missing)}. There are: {', '.join(header)}.")
    places = {name: header.index(name) for name in wanted if name}
    for number, cells in enumerate(rows, start=2):
        if number > LINES_LIMIT:
            raise BadFile(f"At most {LINES_LIMIT} lines; split the file.")
        yield _line(number, cells, places, layout)


def _line(
    number: int, cells: list[str], places: dict[str, int], layout: Layout
) -> OldLine | BadRow:
    def cell(column: str) -> str:
        place = places.get(column, len(cells)) if column else len(cells)
        return cells[place].strip() if place < len(cells) else ""

    basket, sku = cell(layout.basket), cell(layout.sku)
    for column, text in ((layout.basket, basket), (layout.sku, sku)):
        if not text or len(text) > SKU_LENGTH:
            said = f"1 to {SKU_LENGTH} characters are needed, not {text[:80]!a}."
            return BadRow(number, column, said)
    name, category = cell(layout.name)[:128] or sku, cell(layout.category)[:64]
    if "\0" in basket + sku + name + category:
        return BadRow(number, "", "It holds a NUL character, which no text may.")
    try:
        at = _time(cell(layout.time), layout)
    except ValueError:
        said = f"{cell(layout.time)[:80]!a} is no time of the --time-format."
        return BadRow(number, layout.time, said)
    try:
        sold = _sold(cell(layout.quantity))
    except ValueError:
        said = f"{cell(layout.quantity)[:80]!a} is no number, or above {_QUANTITY_LIMIT:,}."
        return BadRow(number, layout.quantity, said)
    money = layout.total or layout.price
    try:
        minor = Money.from_decimal(cell(money) or "0", layout.currency).minor
    except AmountNotRepresentable:
        return BadRow(number, money, f"{cell(money)[:80]!a} is no amount of {layout.currency}.")
    total = minor if layout.total else _round(sold * minor)
    if minor < 0 or max(minor, total) > AMOUNT_LIMIT_MINOR:
        return BadRow(number, money, "The amount is below zero, or larger than any payment.")
    quantity = int(sold) if sold == int(sold) else 1 if sold > 0 else -1
    unit = _round(Decimal(total) / quantity) if quantity > 0 else 0
    return OldLine(number, basket, at, sku, name, category, quantity, unit, total)


def _sold(text: str) -> Decimal:
    """How many, or how much of it; raises ValueError."""
    try:
        sold = Decimal(text or "1")
    except DecimalException:
        raise ValueError(text) from None
    if not sold.is_finite() or abs(sold) > _QUANTITY_LIMIT:
        raise ValueError(text)
    return sold


def _round(minor: Decimal) -> int:
    """Half up, to whole minor units."""
    return int(minor.quantize(Decimal(1), ROUND_HALF_UP))


def _time(text: str, layout: Layout) -> datetime:
    if not text:
        return layout.at
    if layout.time_format:
        moment = datetime.strptime(text, layout.time_format)  # noqa: DTZ007 - its zone comes next
    else:
        moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=layout.zone)
