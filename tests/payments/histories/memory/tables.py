"""Tables of dicts, and as much of Django's manager as the payments' services use of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, Self

from django.db import models

from merchants.models import PartnerAccount
from payments.models import Break, Payment, Refund
from tests.payments.histories.rows import TABLES, Row, as_model
from tests.people import Person

Table = dict[Any, Row]


_DEFAULTS = {
    model._meta.db_table: {
        field.attname: field._db_default_expression.value
        for field in model._meta.concrete_fields
        if field.has_db_default()
    }
    for model in (Payment, Refund, Break)
}


class Tables:
    """The rows of one history by table and key."""

    def __init__(self, person: Person) -> None:
        self.account, self.place = person.partner_account, place_of(person)
        self._tables: dict[str, Table] = {name: {} for name in TABLES}

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    @property
    def payments(self) -> Table:
        return self._tables["payments_payment"]

    @property
    def refunds(self) -> Table:
        return self._tables["payments_refund"]

    @property
    def attempts(self) -> Table:
        return self._tables["payments_attempt"]

    @property
    def breaks(self) -> Table:
        return self._tables["payments_break"]

    @property
    def keys(self) -> Table:
        return self._tables["api_idempotencykey"]

    def insert(self, table: str, **values: Any) -> Row:
        """A row with every column of TABLES: ``values``, else the database's default, else None."""
        row = dict.fromkeys(TABLES[table]) | deepcopy(_DEFAULTS.get(table, {})) | values
        self._tables[table][row[TABLES[table][0]]] = row
        return row

    @contextmanager
    def atomic(self, *_: object, **__: object) -> Iterator[None]:
        """All of it or nothing."""
        before = {
            name: {key: dict(row) for key, row in table.items()}
            for name, table in self._tables.items()
        }
        try:
            yield
        except BaseException:
            self._tables = before
            raise


def place_of(person: Person) -> Row:
    """The one place of sale, as a new payment reads it."""
    store, merchant = person.store, person.merchant
    return {
        "store_name": store.name,
        "scheme_store_id": store.scheme_store_id,
        "display_name": merchant.display_name,
        "mcc": merchant.mcc,
        "scheme_merchant_id": merchant.scheme_merchant_id,
        "payment_timeout_seconds": merchant.payment_timeout_seconds,
        "scheme_terminal_id": None,  # no order names the terminal
    }


class Picked:
    """A query set: equal columns, ``__in``, and what of them is asked for."""

    def __init__(
        self, model: type[models.Model], tables: Callable[[], Tables], *, joined: bool = False
    ) -> None:
        self._model, self._find = model, tables
        self._wanted: tuple[tuple[str, Any], ...] = ()
        self._unwanted: tuple[tuple[str, Any], ...] = ()
        self._joined = joined

    def filter(self, **wanted: Any) -> Self:
        return self._with(_wanted=(*self._wanted, *wanted.items()))

    def exclude(self, **unwanted: Any) -> Self:
        return self._with(_unwanted=(*self._unwanted, *unwanted.items()))

    def select_for_update(self, **_: bool) -> Self:
        return self

    def select_related(self, *_: str) -> Self:
        return self._with(_joined=True)

    def first(self) -> Any:
        """The one with the lowest id, or None."""
        rows = self._rows()
        return self._give(min(rows, key=lambda row: row["id"])) if rows else None

    def get(self, **wanted: Any) -> Any:
        rows = self.filter(**wanted)._rows()
        if len(rows) != 1:
            raise self._model.DoesNotExist if not rows else self._model.MultipleObjectsReturned
        return self._give(rows[0])

    def update(self, **values: Any) -> int:
        rows = self._rows()
        for row in rows:
            row.update(values)
        return len(rows)

    def _with(self, **changed: Any) -> Self:
        other = object.__new__(type(self))
        other.__dict__ = self.__dict__ | changed
        return other

    def _rows(self) -> list[Row]:
        table = self._find()[self._model._meta.db_table].values()
        return [
            row
            for row in table
            if all(_is(row, *each) for each in self._wanted)
            and not (self._unwanted and all(_is(row, *each) for each in self._unwanted))
        ]

    def _give(self, row: Row) -> Any:
        found = as_model(self._model, row)
        if self._joined:
            found.payment = Picked(Payment, self._find).get(id=row["payment_id"])
        return found


def _is(row: Row, name: str, value: Any) -> bool:
    column, _, lookup = name.partition("__")
    return row[column] in value if lookup == "in" else bool(row[column] == value)


class OneAccount:
    """``PartnerAccount.objects`` of a world that has one."""

    def __init__(self, account: PartnerAccount) -> None:
        self._account = account

    def filter(self, **_: Any) -> Self:
        return self

    def first(self) -> PartnerAccount:
        return self._account

    def get(self, **_: Any) -> PartnerAccount:
        return self._account

    def values_list(self, name: str, *, flat: bool) -> "_OneValue":
        assert flat
        return _OneValue(getattr(self._account, name))


class _OneValue:
    def __init__(self, value: Any) -> None:
        self._value = value

    def get(self, **_: Any) -> Any:
        return self._value
