"""The house's own rules, each shown to hold by looking at the files and at the database."""

import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from payments.services import claim, commit, move, sweep
from tenancy.scope import platform_scope
from tests.people import Person

ROOT = Path(__file__).parents[1]
OURS = ("platform", "merchants", "payments", "settlement", "loyalty")


def sources() -> Iterator[Path]:
    for folder in OURS:
        yield from (ROOT / folder).rglob("*.py")


def test_platform_is_a_folder_without_modules() -> None:
    assert list((ROOT / "platform").glob("*.py")) == []


def test_the_page_of_the_platform_lists_its_packages_and_draws_the_layers_that_are_held() -> None:
    page = (ROOT / "platform/README.md").read_text(encoding="utf-8")
    [picture] = re.findall(r"```\n(.+?)```", page, re.DOTALL)
    held = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [layers, *_] = held["tool"]["importlinter"]["contracts"]

    assert picture.splitlines() == layers["layers"]
    packages = {path.parent.name for path in (ROOT / "platform").glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == packages


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}

    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_package_carries_a_name_of_the_standard_library() -> None:
    packages = {path.parent.name for path in (ROOT / "platform").glob("*/__init__.py")}

    assert packages & set(sys.stdlib_module_names) == set()


@pytest.mark.parametrize(
    ("table", "writer"),
    [
        ("payments_payment", "payments/services/move.py"),
        ("payments_refund", "payments/services/apply_refund.py"),
    ],
)
def test_one_file_writes_a_status(table: str, writer: str) -> None:
    pattern = re.compile(rf"UPDATE {table}[^;\"]*?\bSET[^;\"]*?\bstatus\s*=\s*%", re.DOTALL)
    writers = {
        path.relative_to(ROOT).as_posix() for path in sources() if pattern.search(path.read_text())
    }

    assert writers == {writer}


def test_nobody_updates_a_status_through_the_orm() -> None:
    pattern = re.compile(r"\.update\([^)]*\bstatus\s*=|bulk_update\(", re.DOTALL)

    assert [path for path in sources() if pattern.search(path.read_text())] == []


def test_only_one_file_reads_the_environment_for_settings() -> None:
    readers = {
        path.relative_to(ROOT / "platform").parts[0]
        for path in (ROOT / "platform").rglob("*.py")
        if re.search(r"os\.environ\.get|os\.getenv", path.read_text())
    }

    assert readers <= {"config"}


def test_no_file_names_a_path_of_one_machine() -> None:
    pattern = re.compile(r"(?<![A-Za-z0-9_.])/(?:work|root|home/[a-z]+)/")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in [*sources(), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.py")]
        if pattern.search(path.read_text()) and path != Path(__file__)
    ]

    assert found == []


ROWS = 3000
_BY_REFERENCE = """
SELECT 1 FROM payments_payment
 WHERE merchant_id = %(m)s::uuid AND NOT livemode AND merchant_reference = %(r)s
"""
_BY_PARTNER_TRANS_ID = """
SELECT 1 FROM payments_payment WHERE partner_account_id = %(a)s::uuid AND partner_trans_id = %(t)s
"""
_PAGE = """
SELECT * FROM payments_payment
 WHERE merchant_id = %(other_merchant)s::uuid AND NOT livemode ORDER BY id DESC LIMIT 21
"""


@pytest.fixture
def many_payments(acme: Person) -> Person:
    """A table that a scan would be dear in."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    columns = {
        "acquirer_id": acme.acquirer.id,
        "merchant_id": acme.merchant.id,
        "store_id": acme.store.id,
        "partner_account_id": acme.partner_account.id,
        "payment_code_digest": b"x",
        "created_at": now,
        "expires_at": now,
    }
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO payments_payment
                   (id, merchant_reference, partner_trans_id, livemode, scheme, status,
                    amount_minor, currency, discount_minor, refund_reserved_minor,
                    refunded_minor, payment_code_masked, items, metadata, due_at,
                    {", ".join(columns)})
            SELECT gen_random_uuid(), 'R' || n, 'pay' || n, false, 'alipay', 'succeeded', 1,
                   'HKD', 0, 0, 0, 'x', '[]', '{{}}', CASE WHEN n %% 20 = 0 THEN now() END,
                   {", ".join("%s" for _ in columns)}
              FROM generate_series(1, {ROWS}) AS n
            """,  # noqa: S608
            list(columns.values()),
        )
        # Otherwise the plan hangs on when autovacuum last looked. Only the owner may.
        cursor.execute("RESET ROLE")
        cursor.execute("ANALYZE payments_payment")
        cursor.execute(f"SET ROLE {connection.ops.quote_name(settings.DATABASE_ROLE)}")
    return acme


def plan_of(sql: str, params: Any) -> str:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(row[0] for row in cursor.fetchall())


def values(sql: str) -> dict[str, Any]:
    """Something for every parameter, of the kind that its name and cast ask for."""
    found: dict[str, Any] = {}
    for name, cast in re.findall(r"%\((\w+)\)s(?:::(\w+))?", sql):
        if cast == "uuid":
            found[name] = uuid4()
        elif cast == "timestamptz":
            found[name] = datetime(2100, 1, 1, tzinfo=UTC)
        elif cast == "boolean":
            found[name] = True
        elif cast in {"bigint", "int"} or name.endswith("_minor"):
            found[name] = 1
        else:
            found.setdefault(name, "x")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (move._MOVE, "payments_payment_pkey"),
        (claim._CLAIM, "payments_payment_pkey"),
        (sweep._DUE.format(table="payments_payment"), "payment_due"),
        (commit._PLACE, "merchants_store_pkey"),
        (_BY_REFERENCE, "payment_reference_is_unique"),
        (_BY_PARTNER_TRANS_ID, "partner_trans_id_is_unique"),
        (_PAGE, "Index"),  # which of two depends on statistics
    ],
)
def test_every_query_of_a_payments_way_uses_an_index(
    many_payments: Person, sql: str, index: str
) -> None:
    params: Any = [datetime(2100, 1, 1, tzinfo=UTC), 500]
    if "%(" in sql:
        owners = {"m": many_payments.merchant.id, "a": many_payments.partner_account.id}
        params = values(sql)
        params |= {name: owner for name, owner in owners.items() if name in params}

    plan = plan_of(sql, params)

    assert "Seq Scan on payments_payment" not in plan
    if "merchants_store" not in sql:  # a table of one row is read whole, and rightly so
        assert index in plan
