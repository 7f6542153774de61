"""Reconciling a business day: the two sides are compared, and the breaks brought up to date.

The breaks follow from the tables each time anew, in one transaction: dying anywhere changes
nothing, and a second run changes nothing either. What is not found any more has been mended.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, LiteralString

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from kernel import clock, ids
from kernel.errors import Conflict, NotFound
from kernel.ids import beside
from ledger.accounts import AccountName, ensure_accounts
from merchants.models import PartnerAccount
from settlement.matching import bank, settlements, sums, transactions
from settlement.models import Run, SchemeContract, SchemeFile, SchemeRow
from settlement.scheme_files.cells import BEIJING
from settlement.services.ask_scheme import ask_scheme
from settlement.state import FileState, Way

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=10)  # for so long a sweep begins no run that another has begun
WAIT_MS = 10_000  # for a worker that is at it, or that died: its session ends with its statement
BESIDE_DAYS = 4  # how far from its day a row may stand (settlement-conventions section 7)
LOOK_BACK = timedelta(hours=3)  # a payment that ends on a day began at most so long before it
REFUND_LOOK_BACK = timedelta(days=2)
SETTLED_WITHIN_DAYS = 60  # longer than any scheme closes
KEPT_DAYS = 7  # of the scheme's own files (reference §6.1): an older one will not come any more

Progress = Callable[[str], None]
_ONE_DAY = timedelta(days=1)
_STAGED = (
    "whole_names", "apart", "suspects", "twice", "lone", "beside", "looked_at", "traded_beside",
    "settled_beside", "in_rmb", "families",
)  # fmt: skip
_WORK_MEMORY: LiteralString = "SET LOCAL work_mem = '96MB'"
_HASHED: LiteralString = "SET LOCAL enable_nestloop = {}"

# What is said of an open break is what the files of now say: a corrected one may say otherwise.
_SAID = (
    "file_id", "line", "ours", "theirs", "amount_at_risk", "currency", "merchant_id", "payment_id",
    "refund_id",
)  # fmt: skip
_SAY_NOW = ", ".join(f"{name} = EXCLUDED.{name}" for name in _SAID)
_KNOWN = ", ".join(f"settlement_break.{name}" for name in _SAID)
_NOW = ", ".join(f"EXCLUDED.{name}" for name in _SAID)
# Ids in the order of time, from one that was made for this run.
_KEEP: LiteralString = f"""
WITH {{found}},
one_each AS MATERIALIZED (
    SELECT DISTINCT ON (break_kind, about) * FROM found ORDER BY break_kind, about, line),
opened AS (
    INSERT INTO settlement_break (id, acquirer_id, created_at, merchant_id, partner_account_id,
           livemode, way, business_date, kind, about, state, payment_id, refund_id, file_id, line,
           ours, theirs, amount_at_risk, currency, ended_at, outcome, ended_by)
    SELECT {beside("%(seed)s")},
           %(acquirer)s, %(now)s, merchant_id, %(account)s, %(livemode)s, %(way)s, %(day)s,
           break_kind, about, CASE break_kind WHEN 'late' THEN 'mended' ELSE 'open' END,
           payment_id, refund_id, %(file)s, line, ours, theirs, at_risk, currency,
           CASE break_kind WHEN 'late' THEN %(now)s END,
           CASE break_kind WHEN 'late' THEN 'came in this day''s file' ELSE '' END, ''
      FROM one_each
    ON CONFLICT (partner_account_id, way, business_date, kind, about) DO UPDATE
       SET state = 'open', ended_at = NULL, outcome = '', {_SAY_NOW}
     WHERE settlement_break.kind <> 'late' AND (settlement_break.state = 'mended'
           OR (settlement_break.state = 'open' AND ({_KNOWN}) IS DISTINCT FROM ({_NOW})))),
mended AS (
    UPDATE settlement_break b
       SET state = 'mended', ended_at = %(now)s, outcome = 'the two agree now'
     WHERE b.acquirer_id = %(acquirer)s AND b.partner_account_id = %(account)s AND b.way = %(way)s
       AND b.business_date = %(day)s AND b.state = 'open'
       AND NOT EXISTS (
           SELECT FROM one_each o WHERE o.break_kind = b.kind AND o.about = b.about)
    RETURNING 1)
SELECT (SELECT count(*) FROM one_each),
       (SELECT count(*) FROM one_each o WHERE NOT EXISTS (
            SELECT FROM settlement_break b
             WHERE b.acquirer_id = %(acquirer)s AND b.partner_account_id = %(account)s
               AND b.way = %(way)s AND b.business_date = %(day)s AND b.kind = o.break_kind
               AND b.about = o.about AND (b.state <> 'mended' OR b.kind = 'late'))),
       (SELECT count(*) FROM mended)
"""  # noqa: S608 - the program's words


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a run came to."""

    run: Run
    found: int
    opened: int
    mended: int


def reconcile(
    account: PartnerAccount, way: Way, day: date, progress: Progress = lambda words: None
) -> Reconciled:
    """Compare ``day`` one way, in the account's tenant scope.

    Raises NotFound where the day's file is not loaded, Conflict ``run_in_progress`` while another
    worker is at it.
    """
    file = _file_of(account, way, day)
    run = _begin(account, way, day, file)
    told = _told(account, file, way)
    with transaction.atomic(), connection.cursor() as cursor:
        _hold(cursor, run)
        cursor.execute(_WORK_MEMORY)
        if way is not Way.BANK:  # that one reads little, by indexes
            cursor.execute(_HASHED.format("off"))
        for number, statement in enumerate(_MATCHING[way].GATHER, 1):
            progress(f"{file.row_count} rows: step {number} of {len(_MATCHING[way].GATHER) + 1}")
            cursor.execute(statement, told)
        cursor.execute(_HASHED.format("on"))
        cursor.execute(_KEEP.format(found=_MATCHING[way].FOUND), told)
        row = cursor.fetchone()
        for table in _STAGED:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        assert row is not None  # noqa: S101 - it only counts
        run.found, run.opened, run.mended = row
        run.rows, run.lease_until, run.ended_at = file.row_count, None, clock.now()
        run.save()
    ask_scheme(account, way, day)
    log.info("day_reconciled", way=way.value, day=str(day), found=run.found, opened=run.opened)
    return Reconciled(run, *row)


_MATCHING: dict[Way, Any] = {
    Way.TRANSACTIONS: transactions,
    Way.SETTLEMENT: settlements,
    Way.BANK: bank,
}


def _file_of(account: PartnerAccount, way: Way, day: date) -> SchemeFile:
    file = _loaded(account, _KIND[way]).filter(business_date=day).first()
    if file is None:
        raise NotFound("not_found", f"The {_KIND[way]} file of {day} is not loaded.")
    return file


_KIND = {
    Way.TRANSACTIONS: SchemeFile.Kind.TRANSACTION.value,
    Way.SETTLEMENT: SchemeFile.Kind.SETTLEMENT.value,
    Way.BANK: SchemeFile.Kind.SETTLEMENT.value,
}


def _loaded(account: PartnerAccount, kind: str) -> QuerySet[SchemeFile]:
    return SchemeFile.objects.filter(
        partner_account=account, kind=kind, state=FileState.LOADED
    ).order_by("business_date")


def _begin(account: PartnerAccount, way: Way, day: date, file: SchemeFile) -> Run:
    """The day's run, which says for as long as LEASE that somebody is at it."""
    new = Run(
        acquirer_id=account.acquirer_id,
        partner_account=account,
        livemode=account.livemode,
        way=way,
        business_date=day,
        file=file,
    )
    with transaction.atomic():
        Run.objects.bulk_create([new], ignore_conflicts=True)
        run = Run.objects.select_for_update(no_key=True).get(
            partner_account=account, way=way, business_date=day
        )
        run.file, run.lease_until, run.ended_at = file, clock.now() + LEASE, None
        run.save()
    return run


_WAIT: LiteralString = "SELECT set_config('lock_timeout', %s, true)"
_HOLD: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('run ' || %s, 0))"


def _hold(cursor: Any, run: Run) -> None:
    """The run is this transaction's. No lease would do: who does it again after a death waits for
    nobody who is gone."""
    cursor.execute(_WAIT, [str(WAIT_MS)])
    try:
        cursor.execute(_HOLD, [f"{run.partner_account_id} {run.way} {run.business_date}"])
    except OperationalError:
        reason = f"{run.business_date} is being reconciled by another worker."
        raise Conflict("run_in_progress", reason) from None
    cursor.execute(_WAIT, ["0"])


def _told(account: PartnerAccount, file: SchemeFile, way: Way) -> dict[str, Any]:
    """The statements' parameters."""
    day = file.business_date
    starts_at = _begins(day)
    ends_at = starts_at + _ONE_DAY
    contract = SchemeContract.objects.filter(partner_account=account).first()
    told: dict[str, Any] = {
        "acquirer": account.acquirer_id,
        "account": account.id,
        "livemode": account.livemode,
        "way": way.value,
        "day": day,
        "file": file.id,
        "now": clock.now(),
        "seed": ids.new_uuid(),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "first_id": ids.first_uuid_at(starts_at - LOOK_BACK),
        "begun_by": starts_at - LOOK_BACK,
        "first_refund_id": ids.first_uuid_at(starts_at - REFUND_LOOK_BACK),
        "end_id": ids.first_uuid_at(ends_at),
        "fee_basis_points": contract and contract.fee_basis_points,
        "returns_fee": contract is None or contract.returns_fee,
    }
    if way is Way.BANK:
        return told | _at_the_bank(account, file)
    return told | (_beside(account, day) if way is Way.TRANSACTIONS else _covered(account, file))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=BEIJING).astimezone(UTC)


_BOOKS = {
    "receivable": "scheme_receivable",
    "cost": "scheme_cost",
    "clearing": "scheme_clearing",
    "suspense": "suspense",
}


def _at_the_bank(account: PartnerAccount, file: SchemeFile) -> dict[str, Any]:
    """The acquirer's accounts that a settlement moves, by the currencies of its file."""
    rows = SchemeRow.objects.filter(file=file).order_by("currency")
    currencies = list(rows.values_list("currency", flat=True).distinct())
    books = {
        name: ensure_accounts(
            AccountName(account.acquirer_id, None, account.livemode, kind, currency)
            for currency in currencies
        )
        for name, kind in _BOOKS.items()
    }
    told = {"currencies": currencies, "partner": account.partner_id, **books}
    return told | {"before": bank.BEFORE_DAYS, "after": bank.AFTER_DAYS} | sums.TOLD


def _beside(account: PartnerAccount, day: date) -> dict[str, Any]:
    """The transaction files of the days around."""
    near = _loaded(account, SchemeFile.Kind.TRANSACTION).filter(
        business_date__range=(day - BESIDE_DAYS * _ONE_DAY, day + BESIDE_DAYS * _ONE_DAY)
    )
    days = dict(near.exclude(business_date=day).values_list("business_date", "id"))
    return {
        "beside": list(days.values()),
        "earlier": [file for each, file in days.items() if each < day],
        "day_before": days.get(day - _ONE_DAY),
        "next_is_here": day + _ONE_DAY in days,
    }


_DAYS_PAID: LiteralString = """
SELECT DISTINCT (at AT TIME ZONE 'Asia/Shanghai')::date FROM settlement_schemerow
 WHERE acquirer_id = %s AND file_id = %s
"""


def _covered(account: PartnerAccount, file: SchemeFile) -> dict[str, Any]:
    """Which transaction files a settlement file settles: the days after those settled before.

    Each transaction is settled once, and days are bundled around holidays (reference §6.1), so the
    file itself tells how far it goes; days without a row in it count with the days around them.
    """
    settled = _loaded(account, SchemeFile.Kind.SETTLEMENT)
    before = settled.filter(business_date__lt=file.business_date).last()
    paid = _days_paid(file)
    last = max(paid, default=file.business_date - _ONE_DAY)
    until = max(_days_paid(before), default=None) if before is not None else None
    first = until + _ONE_DAY if until is not None else min(paid, default=last)
    first = max(first, file.business_date - SETTLED_WITHIN_DAYS * _ONE_DAY)
    traded = _loaded(account, SchemeFile.Kind.TRANSACTION)
    here = dict(
        traded.filter(business_date__range=(first, last)).values_list("business_date", "id")
    )
    around = traded.filter(
        business_date__range=(first - BESIDE_DAYS * _ONE_DAY, last + BESIDE_DAYS * _ONE_DAY)
    )
    near = settled.filter(
        business_date__range=(
            file.business_date - SETTLED_WITHIN_DAYS * _ONE_DAY,
            file.business_date + 2 * BESIDE_DAYS * _ONE_DAY,
        )
    )
    return {
        "first_paid_id": ids.first_uuid_at(_begins(first) - LOOK_BACK),
        "end_paid_id": ids.first_uuid_at(_begins(last + _ONE_DAY)),
        "files": list(here.values()),
        "days_here": [*here, *around.values_list("business_date", flat=True)],
        "files_beside": [each.id for each in around if each.business_date not in here],
        "first_to_come": file.business_date - KEPT_DAYS * _ONE_DAY,
        "settled_beside": [each.id for each in near if each.id != file.id],
        "settled_earlier": [each.id for each in near if each.business_date < file.business_date],
    }


def _days_paid(file: SchemeFile) -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(_DAYS_PAID, [file.acquirer_id, file.id])
        return [row[0] for row in cursor.fetchall()]
