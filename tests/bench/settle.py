"""``make bench ARGS=--settle``: a million sales and refunds of a thousand merchants, settled and
written to files."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier, Event
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import django
import psycopg
from rich.console import Console
from rich.table import Table

from kernel.ids import beside
from tests.bench.day import DAY, load_sales
from tests.bench.memory import peak_megabytes
from tests.bench.scratch import scratch_database

LINES, QUICK_LINES = 1_000_000, 50_000
LINES_OF_A_MERCHANT = 1_000
WRITERS = 2  # processes, as many as the machine of the target has processors
SECONDS_LIMIT, MEGABYTES_LIMIT = 60.0, 200
_SECONDS_OF_SALES = 72_000  # refunds come an hour later, on the same day
_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)  # when plans were made
SALES_OF_A_REFUND = 24
# Ids as the platform makes them: UUIDs that begin with their moment.
_REFUND_ID = """(lpad(to_hex((extract(epoch FROM created_at + interval '1 hour') * 1000)::bigint),
       12, '0') || '7' || right(gen_random_uuid()::text, 21))::uuid"""
_POSTED_ID = beside("id")
_REFUNDS = f"""
INSERT INTO payments_refund (id, acquirer_id, merchant_id, payment_id, livemode, status, created_at,
       completed_at, amount_minor, currency, partner_refund_id, is_recorded)
SELECT {_REFUND_ID}, acquirer_id, merchant_id, id, false, 'succeeded',
       created_at + interval '1 hour', created_at + interval '1 hour', 500, currency,
       'rfd' || number, false
  FROM (SELECT *, row_number() OVER (ORDER BY id) AS number FROM payments_payment) AS sold
 WHERE number %% 24 = 0 LIMIT %(refunds)s
"""  # noqa: S608 - nothing in it comes from outside
# What the platform posts with each of them.
_POSTINGS = f"""
WITH fact AS MATERIALIZED (
    SELECT 'payment' AS cause, id, acquirer_id, merchant_id, amount_minor, created_at,
           {_POSTED_ID} AS posted FROM payments_payment
     UNION ALL
    SELECT 'refund', id, acquirer_id, merchant_id, -amount_minor, created_at, {_POSTED_ID}
      FROM payments_refund),
posted AS (
    INSERT INTO ledger_transaction
           (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
    SELECT posted, acquirer_id, merchant_id, cause || '.succeeded', cause, id, created_at FROM fact)
INSERT INTO ledger_entry
       (id, acquirer_id, merchant_id, transaction_id, account_id, amount_minor, currency,
        created_at)
SELECT {beside("fact.id")}, fact.acquirer_id,
       fact.merchant_id, fact.posted, account.id,
       CASE account.kind WHEN 'merchant_payable' THEN -amount_minor ELSE amount_minor END,
       'HKD', fact.created_at
  FROM fact JOIN ledger_account AS account ON account.merchant_id = fact.merchant_id
"""  # noqa: S608
_AFTER_SALES = {"refunds": _REFUNDS, "postings": _POSTINGS}
_CHECK = """
SELECT (SELECT count(*) FROM settlement_line), (SELECT sum(line_count) FROM settlement_batch),
       (SELECT count(*) FROM settlement_filing WHERE due_at IS NOT NULL),
       (SELECT sum(size_bytes) FROM settlement_file)
"""
_start: Barrier
_frozen: Event


@dataclass(frozen=True)
class _Done:
    """Of one process: when it ended, seconds of its processor, megabytes at most, batches."""

    ended: float
    cpu: float
    megabytes: float
    batches: int


def measure_settlement(
    *, quick: bool, rows: int | None, console: Console, say: Callable[[str], None]
) -> int:
    """Settle a day and write its files; 1 unless every line stands in a batch with its files."""
    with scratch_database(say) as url, TemporaryDirectory() as folder:
        os.environ["TILLGATE_SETTLEMENT_FILES_DIR"] = folder
        lines = rows or (QUICK_LINES if quick else LINES)
        acquirer_id = _load(url, lines, say)
        say("settling the day, while its files are written")
        return _measured(acquirer_id, lines, url, console)


def _measured(acquirer_id: UUID, lines: int, url: str, console: Console) -> int:
    processes = get_context("spawn")
    told = processes.Barrier(1 + WRITERS), processes.Event()
    with ProcessPoolExecutor(1 + WRITERS, processes, initializer=_prepare, initargs=told) as beside:
        settling = beside.submit(_settle, acquirer_id)
        writing = [beside.submit(_write) for _ in range(WRITERS)]
        begun, settled = settling.result()
        written = [each.result() for each in writing]
    with psycopg.connect(url) as owner:
        kept, counted, due, size = owner.execute(_CHECK).fetchone() or (0,) * 4
    table = Table(title=f"A day of {lines:,} sales and refunds of {settled.batches:,} merchants")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("limit", justify="right")
    whole = max(each.ended for each in written) - begun
    most = max(each.megabytes for each in (settled, *written))
    for name, said, limit in (
        ("frozen", f"{settled.ended - begun:.1f} s", ""),
        ("frozen and written", f"{whole:.1f} s", f"{SECONDS_LIMIT:.0f} s"),
        (f"processor's time of {WRITERS} that write", f"{sum(e.cpu for e in written):.1f} s", ""),
        ("memory at most, of a process", f"{most:.0f} MB", f"{MEGABYTES_LIMIT} MB"),
        ("files", f"{size / 1024**2:.0f} MB", ""),
        ("lines in batches", f"{kept:,}", f"{lines:,}"),
    ):
        table.add_row(name, said, limit)
    table.caption = f"Machine's load: {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors."
    console.print(table)
    return 0 if kept == counted == lines and not due else 1


def _prepare(start: Barrier, frozen: Event) -> None:
    """A process that does nothing else; it begins when all are ready."""
    global _start, _frozen
    _start, _frozen = start, frozen
    django.setup()


def _settle(acquirer_id: UUID) -> tuple[float, _Done]:
    from settlement.services.settle import settle
    from tenancy.models import Acquirer

    acquirer = Acquirer.objects.get(pk=acquirer_id)
    _start.wait()
    begun, cpu = time.monotonic(), time.process_time()
    settled = settle(acquirer, DAY, livemode=False)
    ended = time.monotonic()
    _frozen.set()
    count = len(settled.batches)
    return begun, _Done(ended, time.process_time() - cpu, peak_megabytes(), count)


def _write() -> _Done:
    """As the worker's rounds do, until the last batch has its files."""
    from settlement.services.make_files import make_due_files

    _start.wait()
    cpu, made, is_last = time.process_time(), 0, False
    while True:
        found = make_due_files()
        made += found
        if is_last and not found:
            return _Done(time.monotonic(), time.process_time() - cpu, peak_megabytes(), made)
        is_last = _frozen.wait(0.2)


def _load(url: str, lines: int, say: Callable[[str], None]) -> UUID:
    from tests.people import make_person

    person = make_person()
    _add_terms(person, max(lines // LINES_OF_A_MERCHANT, 1))
    refunds = lines // (SALES_OF_A_REFUND + 1)
    with psycopg.connect(url, autocommit=True) as owner:
        say("loading payments")
        load_sales(
            owner, person.partner_account.id, lines - refunds, within_seconds=_SECONDS_OF_SALES
        )
        for what, statement in _AFTER_SALES.items():
            say(f"loading {what}")
            owner.execute(statement, {"refunds": refunds})
        owner.execute("VACUUM ANALYZE")
    found: UUID = person.acquirer.id
    return found


def _add_terms(person: Any, merchants: int) -> None:
    """Merchants with a store, a bank account and a plan; VAT on fees."""
    from kernel.clock import ManualClock, using_clock
    from ledger.accounts import AccountName, ensure_accounts
    from merchants.models import BankAccount
    from settlement.fees.prices import read_prices
    from settlement.fees.terms import Terms
    from settlement.services.assign_plan import make_assignment
    from settlement.services.fee_plans import create_plan
    from settlement.services.vat_rates import Rate, add_vat_rate
    from tenancy.scope import tenant_scope
    from tests.factories.merchants import MerchantFactory, StoreFactory

    acquirer, first = person.acquirer, _BEFORE.date()
    with using_clock(ManualClock(_BEFORE)), tenant_scope(acquirer.id):
        terms = Terms(first, read_prices("HKD 0.85% + 0.50"))
        plan = create_plan(acquirer, "Standard", terms, made_by="bench").plan
        add_vat_rate(acquirer, Rate("HK", Decimal(600), first), made_by="bench")
        stores = [person.store]
        stores += [
            StoreFactory(merchant=MerchantFactory(acquirer=acquirer)) for _ in range(merchants - 1)
        ]
        for store in stores:
            make_assignment(store.merchant, plan, first, made_by="bench")
            BankAccount.objects.create(
                acquirer=acquirer, merchant=store.merchant, currency="HKD", country="HK",
                holder="Lotus Tea House Limited", account_number="012345678901",
                account_tail="8901", bank_code="004", set_by="bench", set_at=_BEFORE,
            )  # fmt: skip
        ensure_accounts(
            AccountName(acquirer.id, store.merchant.id, False, kind, "HKD")
            for store in stores
            for kind in ("scheme_receivable", "merchant_payable")
        )
