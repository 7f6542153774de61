"""Puts the tables in memory where the services speak to PostgreSQL, and takes them away again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest
from django.db import connection

import api.once
from api import kept_keys
from api.models import IdempotencyKey
from ledger import accounts
from ledger.accounts import AccountName
from merchants.models import PartnerAccount
from payments.models import Break, Payment, Refund
from payments.services import (
    apply,
    apply_refund,
    breaks,
    claim,
    commit,
    doubt,
    drive_refund,
    mend,
    notice,
    refused_notice,
    show,
)
from tenancy.fragments import Fragment, _flatten
from tests.payments.histories.memory.statements import TWINS, Found
from tests.payments.histories.memory.tables import OneAccount, Picked, Tables
from tests.payments.histories.rows import TABLES, Due, Dump, Row, Seen, as_model
from tests.people import Person

_RUN = (apply, apply_refund, breaks, commit, doubt, drive_refund, mend, show)
_CURSORS = (accounts, breaks, kept_keys, notice, refused_notice)
_KINDS = ("scheme_receivable", "merchant_payable")


def _tail_of(found: Found, tail: str) -> tuple[Any, ...] | None:
    """The first row of the SELECT over the fragments."""
    if tail == commit._TAIL:
        expires_at = next((row["expires_at"] for row in found["opened"]), None)
        return (*found["place"][0].values(), expires_at)
    if tail == "SELECT 1":
        return (1,)
    wanted, _, name = tail.removeprefix("SELECT ").partition(" FROM ")
    if wanted == "count(*)":
        return (len(found[name]),)
    return next(((row[wanted],) for row in found[name]), None)


class Memory:
    """The store of one history after the other; also ``Rows``, as laws and world ask."""

    def __init__(self, person: Person) -> None:
        self._person = person
        account = person.partner_account
        self._kinds = {
            AccountName(
                account.acquirer_id, person.merchant.id, False, kind, "HKD"
            ).account_id: kind
            for kind in _KINDS
        }
        self.begin()

    def begin(self) -> None:
        """Everything of the history before is forgotten."""
        self._tables = Tables(self._person)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """The services speak to this store; a statement that reaches PostgreSQL fails."""
        with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(_refuse):
            for module in _RUN:
                patch.setattr(module, "run", self._run)
            patch.setattr(claim, "run_for", self._run_for)
            for module in _CURSORS:
                patch.setattr(module, "connection", _Connection(self._play))
            patch.setattr(api.once, "transaction", self)
            for model in (Payment, Refund, Break, IdempotencyKey):
                patch.setattr(model, "objects", Picked(model, lambda: self._tables))
                patch.setattr(model, "refresh_from_db", self._refresh)
            patch.setattr(PartnerAccount, "objects", OneAccount(self._person.partner_account))
            patch.setattr(Refund, "save", self._save)
            yield

    # --- what the services call ---

    def atomic(self) -> Any:
        return self._tables.atomic()

    def _play(self, sql: str, params: Any) -> list[Row]:
        return TWINS[sql](self._tables, params, {})

    def _found(self, fragments: Sequence[Fragment]) -> Found:
        found: Found = {}
        for part in _flatten(fragments):
            found[part.name] = TWINS[part.sql](self._tables, part.params, found)
        return found

    def _run(self, fragments: Sequence[Fragment], *, tail: str) -> tuple[Any, ...] | None:
        return _tail_of(self._found(fragments), tail)

    def _run_for(self, model: type[Payment], fragments: Sequence[Fragment], *, tail: str) -> Any:
        assert tail == claim._CLAIMED
        for row in self._found(fragments)["claimed"]:
            payment = as_model(model, row)
            payment.account_version = self._tables.account.updated_at  # type: ignore[attr-defined]
            return payment
        return None

    @property
    def _refresh(self) -> Callable[[Any], None]:
        def refresh_from_db(instance: Any) -> None:
            instance.__dict__.update(self._tables[instance._meta.db_table][instance.id])

        return refresh_from_db

    @property
    def _save(self) -> Callable[..., None]:
        def save(refund: Refund, *, force_insert: bool) -> None:
            assert force_insert
            columns = TABLES["payments_refund"]
            values = {name: getattr(refund, name) for name in columns}
            self._tables.insert("payments_refund", **values)

        return save

    # --- what laws and world ask ---

    def list_due(self) -> list[Due]:
        ends = ("succeeded", "failed", "canceled")
        payments, refunds = self._tables.payments.values(), self._tables.refunds.values()
        due = [Due(p["due_at"], p["id"], "payment", p["status"] in ends) for p in payments]
        due += [Due(r["due_at"], r["id"], "refund", False) for r in refunds]
        return sorted(each for each in due if each.at is not None)

    def find(self, reference: str) -> Payment | None:
        rows = self._tables.payments.values()
        found = (row for row in rows if row["merchant_reference"] == reference)
        return next((as_model(Payment, row) for row in found), None)

    def has_unanswered(self, trans_id: str, kind: str) -> bool:
        return any(
            row["kind"] == kind
            and row["answered_at"] is None
            and self._tables.payments[row["payment_id"]]["partner_trans_id"] == trans_id
            for row in self._tables.attempts.values()
        )

    def look(self) -> list[Seen]:
        rows = sorted(self._tables.payments.values(), key=lambda row: row["id"])
        names = ("partner_trans_id", "status", "due_at", "amount_minor", "refunded_minor")
        return [Seen(*(row[name] for name in names)) for row in rows]

    def check(self) -> None:
        for row in self._tables.payments.values():
            sums = row["refunded_minor"], row["refund_reserved_minor"], row["amount_minor"]
            assert [0, *sums] == sorted([0, *sums]), "refunds never exceed the payment"
        assert sum(row["amount_minor"] for row in self._tables["ledger_entry"].values()) == 0

    def dump(self) -> Dump:
        return {
            name: sorted((dict(row) for row in self._tables[name].values()), key=_first)
            for name in TABLES
        }

    def sums(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for row in self._tables["ledger_entry"].values():
            kind = self._kinds[row["account_id"]]
            sums[kind] = sums.get(kind, 0) + row["amount_minor"]
        return sums


def _first(row: Row) -> Any:
    return next(iter(row.values()))


def _refuse(*_: object) -> NoReturn:
    raise AssertionError("a statement for PostgreSQL that memory/ has no twin of")


class _Connection:
    """``django.db.connection`` with its one cursor."""

    in_atomic_block = True

    def __init__(self, play: Callable[[str, Any], list[Row]]) -> None:
        self._play = play

    @contextmanager
    def cursor(self) -> Iterator["_Cursor"]:
        yield _Cursor(self._play)


class _Cursor:
    def __init__(self, play: Callable[[str, Any], list[Row]]) -> None:
        self._play, self._rows = play, list[Row]()

    @property
    def rowcount(self) -> int:
        return len(self._rows)

    def execute(self, sql: str, params: Any) -> None:
        self._rows = self._play(sql, params)

    def fetchone(self) -> tuple[Any, ...] | None:
        return tuple(self._rows.pop(0).values()) if self._rows else None
