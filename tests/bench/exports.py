"""``make bench ARGS=--exports``: exports and the books' pages over a million payments."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table

from kernel.ids import beside
from tests.bench.crowd import PAYMENTS
from tests.bench.memory import peak_megabytes
from tests.bench.scratch import scratch_database

ROWS, QUICK_ROWS = 1_000_000, 50_000
ROWS_PER_SECOND_LIMIT = 200_000  # of a CSV file

# A sale's transaction with its two entries for each payment that succeeded.
_POST = f"""
WITH sold AS MATERIALIZED (
    SELECT p.*, {beside("id")} AS posted
      FROM payments_payment AS p WHERE status = 'succeeded'),
account AS MATERIALIZED (
    INSERT INTO ledger_account
           (id, acquirer_id, merchant_id, livemode, kind, currency, created_at)
    SELECT gen_random_uuid(), acquirer_id, merchant_id, true, kind, 'HKD', now()
      FROM (SELECT DISTINCT acquirer_id, merchant_id FROM sold) AS who,
           (VALUES ('scheme_receivable'), ('merchant_payable')) AS kinds (kind)
    RETURNING id, merchant_id, kind),
posted AS (
    INSERT INTO ledger_transaction
           (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
    SELECT posted, acquirer_id, merchant_id, 'payment.succeeded', 'payment', id, created_at
      FROM sold)
INSERT INTO ledger_entry
       (id, acquirer_id, merchant_id, transaction_id, account_id, amount_minor, currency,
        created_at)
SELECT {beside("sold.id")}, sold.acquirer_id,
       sold.merchant_id, sold.posted, account.id,
       CASE account.kind WHEN 'merchant_payable' THEN -sold.amount_minor
                         ELSE sold.amount_minor END, sold.currency, sold.created_at
  FROM sold JOIN account ON account.merchant_id = sold.merchant_id
"""  # noqa: S608 - the program's words


@dataclass(frozen=True)
class _Written:
    """A file: how many rows are in it of those that it should have, how long it took, how large it
    is."""

    of: str
    form: str
    rows: int
    expected: int
    seconds: float
    megabytes: float


def measure_exports(
    *, quick: bool, rows: int | None, console: Console, say: Callable[[str], None]
) -> int:
    """Load payments, export them and look at the books; 1 unless each row stands in its file."""
    with scratch_database(say) as url:
        return _measured(url, rows or (QUICK_ROWS if quick else ROWS), console, say)


def _measured(url: str, rows: int, console: Console, say: Callable[[str], None]) -> int:
    import psycopg
    from django.db import connection

    from tenancy.roles import Role
    from tests.factories.tenancy import StaffFactory
    from tests.people import make_person

    person = make_person()
    staff = StaffFactory(acquirer=person.acquirer, role=Role.OWNER)
    with psycopg.connect(url, autocommit=True) as owner:
        say("loading payments")
        owner.execute(PAYMENTS, {"count": rows, "busiest": person.store.pk})
        owner.execute("VACUUM ANALYZE")
        before = peak_megabytes()
        written = [_export(staff, "payments", form, say) for form in ("csv", "xlsx")]
        connection.close()
        say("loading entries")
        owner.execute(_POST)
        owner.execute("VACUUM ANALYZE")
    written.append(_export(staff, "entries", "csv", say))
    peak = peak_megabytes()
    console.print(_table_of_files(written, before, peak))
    console.print(_table_of_books(staff, say))
    return 0 if all(each.rows == each.expected for each in written) else 1


def _export(staff: Any, of: str, form: str, say: Callable[[str], None]) -> _Written:
    """As a worker does it."""
    from settlement.models import Export
    from settlement.services.ask_export import ask_export
    from settlement.services.write_export import write_export
    from tenancy.scope import platform_scope, tenant_scope

    say(f"writing {of} as {form}")
    with tenant_scope(staff.acquirer_id):
        row = ask_export(staff, of=of, filters="", form=form)
    begun = time.perf_counter()
    write_export(row.id, acquirer_id=row.acquirer_id)
    took = time.perf_counter() - begun
    with platform_scope():
        row = Export.objects.get(id=row.id)
    expected = row.rows_total if row.status == Export.Status.DONE else -1
    return _Written(of, form, row.rows_done, expected, took, row.size_bytes / 1024**2)


def _table_of_files(files: list[_Written], before: float, peak: float) -> Table:
    table = Table(title="Exports")
    for title in ("list", "form", "rows", "MB", "seconds", "rows a second", "target"):
        table.add_column(title, justify="left" if title in {"list", "form"} else "right")
    for each in files:
        speed = f"{each.rows / each.seconds:,.0f}"
        target = f"{ROWS_PER_SECOND_LIMIT:,}" if each.form == "csv" else ""
        sizes = f"{each.rows:,}", f"{each.megabytes:.0f}", f"{each.seconds:.1f}"
        table.add_row(each.of, each.form, *sizes, speed, target)
    table.caption = f"The process took {peak:.0f} MB at most, {before:.0f} MB before the first one."
    return table


def _table_of_books(staff: Any, say: Callable[[str], None]) -> Table:
    from django.test import Client

    from ledger.closing import close_books, last_midnight
    from ledger.models import Account
    from settlement.services.check_books import check_books
    from tenancy.scope import platform_scope

    client = Client()
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    with platform_scope():
        account = Account.objects.get(kind="merchant_payable", acquirer=staff.acquirer)
    pages = (
        "transaction/", "entry/", f"entry/?account__id__exact={account.pk}", "account/",
        f"account/{account.pk}/change/", "account/trial-balance/",
        "account/trial-balance/?at=2026-11-10T12:00:00",
    )  # fmt: skip
    table = Table("the books", "seconds")
    say("looking at the books")
    _look(client, table, "not closed", pages)
    with platform_scope():
        _time(table, "closed", lambda: close_books(last_midnight()))
    _look(client, table, "closed", pages)
    _time(table, "checked", lambda: check_books(staff.acquirer))
    return table


def _look(client: Any, table: Table, when: str, pages: tuple[str, ...]) -> None:
    for page in pages:
        address = f"/admin/ledger/{page}"
        client.get(address)  # templates are read once
        _time(table, f"{when}: {page}", partial(client.get, address))


def _time(table: Table, what: str, work: Callable[[], Any]) -> None:
    begun = time.perf_counter()
    work()
    table.add_row(what, f"{time.perf_counter() - begun:.2f}")
