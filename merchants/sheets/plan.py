"""What a sheet would do: every fault by row and column, or the merchants and stores to be made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from merchants.models import Merchant, Store
from merchants.sheets.columns import (
    MERCHANT_COLUMNS,
    NAMES_THE_MERCHANT,
    STORE_COLUMNS,
    Column,
    column_of,
)
from merchants.sheets.reading import FAULTS_LIMIT, Fault, Row, SheetPlan
from tenancy.models import Acquirer

_OTHER = "An earlier row or Tillgate has another one; change it there."


@dataclass(slots=True)
class Plan(SheetPlan):
    """Unsaved rows in the order to save them; ``unchanged`` stores were there already."""

    merchants: list[Merchant] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    unchanged: int = 0


def make_plan(
    acquirer: Acquirer, rows: list[Row], *, progress: Callable[[int], None] = lambda done: None
) -> Plan:
    """Check every row against the others and against what is there; nothing is saved.

    The caller has entered the acquirer's scope. ``progress`` hears how many rows are done.
    """
    planner = _Planner(acquirer)
    for done, row in enumerate(rows, start=1):
        planner.add(row)
        progress(done)
        if len(planner.plan.faults) >= FAULTS_LIMIT:
            break
    return planner.plan


class _Planner:
    def __init__(self, acquirer: Acquirer) -> None:
        self.acquirer = acquirer
        self.plan = Plan()
        self._merchants: dict[str, Merchant | None] = {}  # None: faulty, and said so
        self._stores: dict[tuple[str, str], int] = {}  # the row that has it

    def add(self, row: Row) -> None:
        scheme_id = row.cells.get(NAMES_THE_MERCHANT.name)
        if scheme_id is None:
            self._say(row, NAMES_THE_MERCHANT.name, "Which merchant is this row's?")
            return
        merchant = self._merchant(row, scheme_id)
        self._store(row, scheme_id, merchant)

    def _merchant(self, row: Row, scheme_id: str) -> Merchant | None:
        if scheme_id not in self._merchants:
            found = Merchant.objects.filter(
                acquirer=self.acquirer, scheme_merchant_id=scheme_id
            ).first()
            self._merchants[scheme_id] = found or self._new_merchant(row)
        merchant = self._merchants[scheme_id]
        if merchant is not None:
            self._compare(row, merchant, MERCHANT_COLUMNS)
        return merchant

    def _new_merchant(self, row: Row) -> Merchant | None:
        merchant = Merchant(acquirer=self.acquirer)
        if not self._fill(row, merchant, "merchant", MERCHANT_COLUMNS):
            return None
        self.plan.merchants.append(merchant)
        return merchant

    def _store(self, row: Row, scheme_id: str, merchant: Merchant | None) -> None:
        name = row.cells.get("scheme_store_id", "")
        if other := self._stores.get((scheme_id, name)):
            self._say(row, "scheme_store_id", f"Row {other} has this store already.")
            return
        self._stores[scheme_id, name] = row.number
        found = None
        if merchant is not None and not merchant._state.adding:
            found = Store.objects.filter(merchant=merchant, scheme_store_id=name).first()
        if found is not None:
            self.plan.unchanged += self._compare(row, found, STORE_COLUMNS)
            return
        store = Store(acquirer=self.acquirer, merchant=merchant)
        if self._fill(row, store, "store", STORE_COLUMNS) and merchant is not None:
            self.plan.stores.append(store)

    def _compare(self, row: Row, known: Model, columns: tuple[Column, ...]) -> bool:
        """What is there already is not changed by a sheet."""
        is_same = True
        for column in columns:
            text = row.cells.get(column.name)
            if text is not None and not _says(column, text, getattr(known, column.field)):
                is_same = False
                self._say(row, column.name, _OTHER)
        return is_same

    def _fill(self, row: Row, made: Model, of: str, columns: tuple[Column, ...]) -> bool:
        before = len(self.plan.faults)
        for column in columns:
            text = row.cells.get(column.name)
            if text is None:
                if column.is_needed:
                    self._say(row, column.name, "This must not be empty.")
                continue
            try:
                setattr(made, column.field, column.read(text))
            except ValueError as error:
                self._say(row, column.name, str(error))
        if len(self.plan.faults) == before:
            for name, message in _faults(made):
                self._say(row, column_of(of, name), message)
        return len(self.plan.faults) == before

    def _say(self, row: Row, column: str, message: str) -> None:
        self.plan.faults.append(Fault(row.number, column, message))


def _says(column: Column, text: str, value: Any) -> bool:
    """Whether the cell says what is there already: 22.28 is 22.280000."""
    try:
        return bool(column.read(text) == value)
    except ValueError:
        return False


def _faults(made: Any) -> Iterator[tuple[str, str]]:
    """What Django finds wrong, by field. Whose the row is was not the sheet's to say."""
    try:
        made.full_clean(exclude={"acquirer", "merchant"})
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            yield ("" if name == NON_FIELD_ERRORS else name), " ".join(messages)
