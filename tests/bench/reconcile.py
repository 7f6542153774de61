"""``make bench ARGS=--reconcile``: a million transactions of a day, a thousand planted breaks."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import django
import psutil  # type: ignore[import-untyped]
import psycopg
from rich.console import Console
from rich.table import Table

from tests.bench.cpu import cpu_seconds
from tests.bench.day import DAY, load_sales
from tests.bench.memory import peak_megabytes
from tests.bench.scratch import scratch_database

TRANSACTIONS, QUICK_TRANSACTIONS = 1_000_000, 50_000
BREAKS = 1_000
SECONDS_LIMIT, MEGABYTES_LIMIT = 12.0, 200
_SEED = 20261118
_READ = """
SELECT partner_trans_id, scheme_transaction_id, amount_minor,
       completed_at AT TIME ZONE 'Asia/Shanghai'
  FROM payments_payment ORDER BY id
"""


def measure_reconciliation(
    *,
    quick: bool,
    rows: int | None,
    breaks: int | None,
    console: Console,
    say: Callable[[str], None],
) -> int:
    """Load a day, write its file, take and compare it; 1 unless every planted break was found."""
    with scratch_database(say) as url, _scratch_files():
        count = rows or (QUICK_TRANSACTIONS if quick else TRANSACTIONS)
        return _measured(url, count, breaks or BREAKS, console, say)


@contextmanager
def _scratch_files() -> Iterator[None]:
    from tempfile import TemporaryDirectory

    from django.conf import settings

    with TemporaryDirectory() as folder:
        settings.STORAGES["scheme_files"]["OPTIONS"]["location"] = folder
        yield


@dataclass(frozen=True)
class _Measured:
    """Of the process that takes and compares: seconds, megabytes, and what was found."""

    loaded: float
    compared: float
    own_cpu: float
    database_cpu: float
    before: float
    at_most: float
    found: int
    changed_again: int


def _measured(
    url: str, count: int, breaks: int, console: Console, say: Callable[[str], None]
) -> int:
    from settlement.models import Break, SchemeContract
    from tenancy.scope import tenant_scope
    from tests.people import make_person

    person = make_person()
    account, acquirer = person.partner_account, person.acquirer
    with tenant_scope(acquirer.id):
        SchemeContract.objects.create(
            acquirer=acquirer, partner_account=account, fee_basis_points=60
        )
    say(f"loading {count:,} payments")
    _load(url, account.pk, count)
    say("writing the file")
    with _file(person, count, breaks) as (path, planted):
        say("taking the file and comparing")
        # A process of its own: its memory is not what writing the day has left behind.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
            done = beside.submit(_take_and_compare, account.pk, acquirer.id, path).result()
    with tenant_scope(acquirer.id):
        found = Counter(Break.objects.values_list("kind", flat=True))
    together = f"{done.loaded + done.compared:.1f} s"
    table = Table(title=f"A day of {count:,} transactions, {sum(planted.values()):,} breaks")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("limit", justify="right")
    table.add_row("taken: digest, kept, read, loaded", f"{done.loaded:.1f} s", "")
    table.add_row("compared", f"{done.compared:.1f} s", "")
    table.add_row("together", together, f"{SECONDS_LIMIT:.0f} s")
    table.add_row("processor's time, the process", f"{done.own_cpu:.1f} s", "")
    table.add_row("processor's time, its database session", f"{done.database_cpu:.1f} s", "")
    table.add_row("memory at most", f"{done.at_most:.0f} MB", f"{MEGABYTES_LIMIT} MB")
    table.add_row("of it before", f"{done.before:.0f} MB", "")
    for kind, number in sorted(planted.items()):
        table.add_row(f"found: {kind}", str(found[kind]), str(number))
    table.add_row("changed by a second run", str(done.changed_again), "0")
    table.caption = f"Machine's load: {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors."
    console.print(table)
    return 0 if found == planted and done.found == found.total() and not done.changed_again else 1


def _take_and_compare(account_id: Any, acquirer_id: Any, path: Path) -> _Measured:
    """What is measured, in a process that does nothing else."""
    django.setup()
    with _scratch_files():
        return _timed(account_id, acquirer_id, path)


def _timed(account_id: Any, acquirer_id: Any, path: Path) -> _Measured:
    from merchants.models import PartnerAccount
    from settlement.services.reconcile import reconcile
    from settlement.services.take_file import take_file
    from settlement.state import Way
    from tenancy.scope import tenant_scope

    with tenant_scope(acquirer_id), path.open("rb") as file:
        account = PartnerAccount.objects.get(pk=account_id)
        name = f"{account.partner_id}_transaction_{DAY:%Y%m%d}.txt"
        before, database, own = peak_megabytes(), _database_seconds(), time.process_time()
        begun = time.perf_counter()
        taken = take_file(account, name, file, source="upload", actor="bench")
        assert taken.state == "loaded", taken.refused_because
        loaded = time.perf_counter()
        done = reconcile(account, Way.TRANSACTIONS, DAY)
        ended = time.perf_counter()
        own, database = time.process_time() - own, _database_seconds() - database
        at_most = peak_megabytes()
        again = reconcile(account, Way.TRANSACTIONS, DAY)
    return _Measured(
        loaded - begun, ended - loaded, own, database, before, at_most, done.found,
        again.opened + again.mended + abs(again.found - done.found),
    )  # fmt: skip


def _database_seconds() -> float:
    """Processor's time of this connection's session; parallel workers are not in it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (0,)
    return cpu_seconds({"database": pid})["database"] if psutil.pid_exists(pid) else 0.0


def _load(url: str, account_id: UUID, count: int) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        load_sales(owner, account_id, count)
        owner.execute("ANALYZE")  # as autovacuum would have done over the day


_PLANTED: dict[str, Callable[[list[str]], list[list[str]]]] = {
    "missing_at_them": lambda cells: [],
    "missing_at_us": lambda cells: [
        cells,
        ["EXTRA" + cells[0][5:], "9" + cells[1][1:], *cells[2:]],
    ],
    "duplicate": lambda cells: [cells, cells],
    "amount": lambda cells: [[*cells[:2], f"1{cells[2]}", *cells[3:]]],
    "currency": lambda cells: [[*cells[:4], "USD", *cells[5:]]],
    "status": lambda cells: [[*cells[:6], "CANCEL", *cells[7:]]],
    "fee": lambda cells: [[*cells[:3], f"1{cells[3]}", *cells[4:]]],
    "merchant": lambda cells: [[*cells[:9], "Somebody Else", *cells[10:]]],
}


@contextmanager
def _file(person: Any, count: int, breaks: int) -> Iterator[tuple[Path, Counter[str]]]:
    """The scheme's file of the day, with its breaks, and how many of each kind."""
    from tempfile import TemporaryDirectory

    chosen = random.Random(_SEED).sample(range(count), breaks)
    kinds = {number: [*_PLANTED][at % len(_PLANTED)] for at, number in enumerate(chosen)}
    total = count + sum(len(_PLANTED[kind]([*"x" * 15])) - 1 for kind in kinds.values())
    with TemporaryDirectory() as folder:
        path = Path(folder) / "day.txt"
        with path.open("w", encoding="utf-8") as file:
            from settlement.scheme_files.transaction import COLUMNS

            partner = person.partner_account.partner_id
            file.write(f"Partner:{partner}|Payment_time: {DAY}|Total_count:{total}\n")
            file.write("|".join(COLUMNS) + "\n")
            for number, cells in enumerate(_rows(person)):
                plant = _PLANTED.get(kinds.get(number, ""))
                for row in [cells] if plant is None else plant(cells):
                    file.write("|".join(row) + "\n")
        yield path, Counter(kinds.values())


def _rows(person: Any) -> Iterator[list[str]]:
    from django.db import connection

    from tenancy.scope import tenant_scope

    name = person.merchant.display_name
    with tenant_scope(person.acquirer.id), connection.chunked_cursor() as cursor:
        cursor.execute(_READ)
        for own_id, scheme_id, amount, at in cursor:
            fee = (amount * 60 + 5000) // 10_000
            said = f"{amount / 100:.2f}"
            yield [
                *(own_id, scheme_id, said, f"{fee / 100:.2f}", "HKD", f"{at:%Y-%m-%d %H:%M:%S}"),
                *("PAYMENT", "", "5812", name, "till", "paymentQrCode", "HKD", said, "1"),
            ]
