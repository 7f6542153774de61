"""The columns of a catalogue's sheet, and what a sheet would do: every fault by row and column.

A row is a product. A product that is there already is changed to what the row says; an empty cell
leaves what is there. Products that no row names stay as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.currencies import MINOR_DIGITS
from kernel.money import AmountNotRepresentable, Money
from loyalty.basket_state import AMOUNT_LIMIT_MINOR, SKU_LENGTH
from loyalty.models import Product
from merchants.sheets.reading import FAULTS_LIMIT, Fault, Row, SheetPlan

ROWS_LIMIT = 20_000
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Column:
    """A column, the product's field that it fills, and an example."""

    name: str
    field: str
    example: str
    is_needed: bool = False


COLUMNS = (
    Column("sku", "sku", "TEA-001", is_needed=True),
    Column("name", "name", "Jasmine tea, 100 g"),
    Column("category", "category", "Tea"),
    Column("currency", "currency", "HKD"),
    Column("price", "price_minor", "68.00"),
    Column("cost", "cost_minor", "31.50"),
    Column("active", "is_active", "yes"),
)
_LENGTHS = {"sku": SKU_LENGTH, "name": 128, "category": 64}
_NEEDED_OF_A_NEW_ONE = ("name", "currency")


@dataclass(slots=True)
class Plan(SheetPlan):
    """Unsaved products to be added, and those that are there with what changes."""

    added: list[Product] = field(default_factory=list)
    changed: list[Product] = field(default_factory=list)
    unchanged: int = 0


def plan_products(
    rows: Iterable[Row],
    known: Mapping[str, Product],
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> Plan:
    """Check every row against the others and against ``known`` (by sku); nothing is saved."""
    plan, seen = Plan(), dict[str, int]()
    for done, row in enumerate(rows, start=1):
        plan.faults += _add(plan, row, known, seen)
        progress(done)
        if len(plan.faults) >= FAULTS_LIMIT:
            break
    return plan


def rows_of(products: Iterable[Product]) -> Iterator[list[str]]:
    """The header, then a row per product, as an import reads them."""
    yield [column.name for column in COLUMNS]
    for product in products:
        yield [_show(product, column.field) for column in COLUMNS]


def _add(
    plan: Plan, row: Row, known: Mapping[str, Product], seen: dict[str, int]
) -> Iterator[Fault]:
    sku = row.cells.get("sku", "")
    if not sku:
        yield Fault(row.number, "sku", "Which product is this row's?")
        return
    if sku in seen:
        yield Fault(row.number, "sku", f"Row {seen[sku]} has this product already.")
        return
    seen[sku] = row.number
    product = known.get(sku) or Product()
    is_new = sku not in known
    missing = [name for name in _NEEDED_OF_A_NEW_ONE if is_new and name not in row.cells]
    faults = [Fault(row.number, name, "A new product needs this.") for name in missing]
    values, wrong = _read(row, row.cells.get("currency", product.currency))
    faults += wrong
    if faults:
        yield from faults
        return
    is_same = all(getattr(product, name) == value for name, value in values.items())
    for name, value in values.items():
        setattr(product, name, value)
    if is_new:
        plan.added.append(product)
    elif is_same:
        plan.unchanged += 1
    else:
        plan.changed.append(product)


def _read(row: Row, currency: str) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for column in COLUMNS:
        if (text := row.cells.get(column.name)) is None:
            continue
        try:
            values[column.field] = _value(column, text, currency)
        except ValueError as error:
            faults.append(Fault(row.number, column.name, str(error)))
    return values, faults


def _value(column: Column, text: str, currency: str) -> Any:
    """What the cell stands for; raises ValueError with what to write instead."""
    if column.field == "currency":
        return _currency(text)
    if column.field == "is_active":
        if text.lower() not in _YES:
            raise ValueError("Write yes or no.")
        return _YES[text.lower()]
    if column.field.endswith("_minor"):
        return _amount(text, currency)
    if len(text) > _LENGTHS[column.field]:
        raise ValueError(f"At most {_LENGTHS[column.field]} characters.")
    if not text.isprintable():
        raise ValueError("There are characters in it that cannot be printed.")
    return text


def _currency(text: str) -> str:
    if text not in MINOR_DIGITS:
        raise ValueError("Write an ISO 4217 code in capitals, such as HKD.")
    return text


def _amount(text: str, currency: str) -> int:
    if currency not in MINOR_DIGITS:
        raise ValueError("An amount needs a currency beside it.")
    try:
        minor = Money.from_decimal(text, currency).minor
    except AmountNotRepresentable:
        raise ValueError(f"Write an amount of {currency} with a decimal point: 68.00.") from None
    if not 0 <= minor <= AMOUNT_LIMIT_MINOR:
        raise ValueError("The amount is out of range.")
    return minor


def _show(product: Product, name: str) -> str:
    value = getattr(product, name)
    if name == "is_active":
        return "yes" if value else "no"
    if value is None or not name.endswith("_minor"):
        return "" if value is None else str(value)
    return f"{Money(value, product.currency).to_decimal():f}"
