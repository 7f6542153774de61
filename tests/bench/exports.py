"""``python -m tests.bench.exports``: exports and the books over a million payments."""

import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.bench.crowd import PAYMENTS
from tests.bench.scratch import scratch_database

ROWS = 1_000_000

# A sale's transaction with its two entries for each payment that succeeded.
_POST = """
WITH sold AS MATERIALIZED (
    SELECT p.*, gen_random_uuid() AS posted FROM payments_payment AS p WHERE status = 'succeeded'),
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
SELECT (left(sold.id::text, 18) || right(gen_random_uuid()::text, 18))::uuid, sold.acquirer_id,
       sold.merchant_id, sold.posted, account.id,
       CASE account.kind WHEN 'merchant_payable' THEN -sold.amount_minor
                         ELSE sold.amount_minor END, sold.currency, sold.created_at
  FROM sold JOIN account ON account.merchant_id = sold.merchant_id
"""


def main(rows: int) -> None:
    """Load, then say what each thing takes."""
    with scratch_database() as url:
        _measure(url, rows)


def _measure(url: str, rows: int) -> None:
    import psycopg
    from django.db import connection
    from django.test import Client

    from ledger.closing import close_books, last_midnight
    from ledger.models import Account
    from settlement.services.check_books import check_books
    from tenancy.roles import Role
    from tenancy.scope import platform_scope
    from tests.factories.tenancy import StaffFactory
    from tests.people import make_person

    person = make_person()
    staff = StaffFactory(acquirer=person.acquirer, role=Role.OWNER)
    with psycopg.connect(url, autocommit=True) as owner:
        told = {"count": rows, "busiest": person.store.pk}
        _time("load payments", lambda: owner.execute(PAYMENTS, told))
        owner.execute("VACUUM ANALYZE")
        connection.close()
        for form in ("csv", "xlsx"):
            _time(f"export payments {form}", lambda form=form: _export(staff, "payments", form))
        connection.close()
        _time("load entries", lambda: owner.execute(_POST))
        owner.execute("VACUUM ANALYZE")
    client = Client()
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    with platform_scope():
        account = Account.objects.get(kind="merchant_payable", acquirer=person.acquirer)
    pages = (
        "transaction/", "entry/", f"entry/?account__id__exact={account.pk}", "account/",
        f"account/{account.pk}/change/", "account/trial-balance/",
        "account/trial-balance/?at=2026-11-10T12:00:00",
    )  # fmt: skip
    _look(client, "not closed", pages)
    with platform_scope():
        _time("close the books", lambda: close_books(last_midnight()))
    _look(client, "closed", pages)
    _time("check the books", lambda: check_books(person.acquirer).faults)
    _time("export entries csv", lambda: _export(staff, "entries", "csv"))


def _look(client: Any, when: str, pages: tuple[str, ...]) -> None:
    for page in pages:
        client.get(f"/admin/ledger/{page}")
        _time(f"{when}: {page}", lambda page=page: client.get(f"/admin/ledger/{page}").status_code)


def _export(staff: Any, of: str, form: str) -> str:
    from settlement.models import Export
    from settlement.services.ask_export import ask_export
    from settlement.services.write_export import write_export
    from tenancy.scope import platform_scope, tenant_scope

    with tenant_scope(staff.acquirer_id):
        row = ask_export(staff, of=of, filters="", form=form)
    write_export(row.id, acquirer_id=row.acquirer_id)
    with platform_scope():
        row = Export.objects.get(id=row.id)
    return f"{row.status}, {row.rows_done:,} rows, {row.size_bytes / 1024**2:.0f} MB"


def _time(what: str, work: Callable[[], Any]) -> None:
    begun = time.perf_counter()
    found = work()
    took, peak = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = found if isinstance(found, str | int) else ""
    print(f"{what:<60} {took:8.2f} s  peak {peak / 1024:5.0f} MB  {said}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
