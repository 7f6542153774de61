"""Law 10 in the database: raw SQL, past every manager, against every tenant table there is."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.db.models import BigAutoField
from psycopg.errors import InsufficientPrivilege
from pytest_django import DjangoDbBlocker

from tenancy.scope import platform_scope, tenant_scope
from tenancy.scoped import TenantModel
from tests.people import Person, make_person
from tests.tenancy.rows import make_row

pytestmark = pytest.mark.django_db

TABLES = TenantModel.tenant_models()


@dataclass(frozen=True)
class World:
    """Three merchants, two of one acquirer; ``rows`` has one of acme's in every table."""

    acme: Person
    rival: Person
    outsider: Person
    rows: dict[type[Any], Any]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """In a transaction around all tests of this file: what one does to the rows, it undoes."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(transaction.atomic())
            acme = make_person()
            made = World(acme, make_person(acme.acquirer, acme.partner_account), make_person(), {})
            for model in TABLES:
                make_row(model, acme, made.rows)
            connection.check_constraints()  # once, not at the end of each test
        yield made
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            stack.close()


@pytest.fixture
def acme(world: World, db: None) -> Person:
    return world.acme


@pytest.fixture
def rival(world: World, db: None) -> Person:
    return world.rival


@pytest.fixture
def outsider(world: World, db: None) -> Person:
    return world.outsider


@pytest.fixture
def row(world: World, db: None, model: type[TenantModel]) -> Any:
    """Acme's in the table that the test is about."""
    return world.rows[model]


def name_of(model: type[TenantModel]) -> str:
    return model._meta.db_table


def run(statement: str, *params: object) -> list[tuple[Any, ...]]:
    """The statement's rows, or its count of changed rows as the only one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]


@contextmanager
def refused() -> Iterator[None]:
    """The block's statement is refused by PostgreSQL for want of a privilege."""
    with pytest.raises(ProgrammingError) as caught, transaction.atomic():
        yield
    assert isinstance(caught.value.__cause__, InsufficientPrivilege)


def as_json(model: type[TenantModel], row_id: object) -> str:
    with platform_scope():
        return str(
            run(
                f"SELECT to_jsonb(t)::text FROM {name_of(model)} t WHERE id = %s",  # noqa: S608
                row_id,
            )[0][0]
        )


def insert_json(model: type[TenantModel], row: str) -> None:
    """Insert the row again, under a new id."""
    table = name_of(model)
    written = [field.column for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(f'"{column}"' for column in written)
    run(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record("  # noqa: S608
        f"NULL::{table}, %s::jsonb || jsonb_build_object('id', %s::text))",
        row,
        str(uuid4().int % 2**62 if isinstance(model._meta.pk, BigAutoField) else uuid4()),
    )


def assert_out_of_reach(
    model: type[TenantModel], row: Any, scope: AbstractContextManager[Any]
) -> None:
    """In ``scope`` the row cannot be read, changed, deleted or imitated, and stays as it was."""
    table, before = name_of(model), as_json(model, row.pk)
    with scope:
        assert run(f"SELECT id FROM {table} WHERE id = %s", row.pk) == []  # noqa: S608
        for statement in (
            f"UPDATE {table} SET acquirer_id = acquirer_id WHERE id = %s",  # noqa: S608
            f"DELETE FROM {table} WHERE id = %s",  # noqa: S608
        ):
            if getattr(model, "IS_APPEND_ONLY", False):
                with refused():
                    run(statement, row.pk)
            else:
                assert run(statement, row.pk) == [(0,)]
        with refused():
            insert_json(model, before)
    assert as_json(model, row.pk) == before


@pytest.mark.parametrize("model", TABLES, ids=name_of)
def test_another_acquirer_reaches_no_row(
    model: type[TenantModel], row: Any, acme: Person, outsider: Person
) -> None:
    assert_out_of_reach(model, row, tenant_scope(outsider.acquirer.pk))
    assert_out_of_reach(model, row, tenant_scope(outsider.acquirer.pk, outsider.merchant.pk))


@pytest.mark.parametrize("model", TABLES, ids=name_of)
def test_another_merchant_of_the_same_acquirer_reaches_no_row(
    model: type[TenantModel], row: Any, acme: Person, rival: Person
) -> None:
    assert_out_of_reach(model, row, tenant_scope(rival.acquirer.pk, rival.merchant.pk))


@pytest.mark.parametrize("model", TABLES, ids=name_of)
def test_one_merchant_named_below_two_acquirers_is_still_two_walls(
    model: type[TenantModel], row: Any, acme: Person, outsider: Person
) -> None:
    assert_out_of_reach(model, row, tenant_scope(outsider.acquirer.pk, acme.merchant.pk))


@pytest.mark.parametrize("model", TABLES, ids=name_of)
def test_without_a_scope_nothing_is_there(model: type[TenantModel], row: Any, acme: Person) -> None:
    assert_out_of_reach(model, row, nullcontext())
    assert run(f"SELECT count(*) FROM {name_of(model)}") == [(0,)]  # noqa: S608


@pytest.mark.parametrize("model", TABLES, ids=name_of)
def test_the_owner_of_a_row_sees_it(model: type[TenantModel], row: Any, acme: Person) -> None:
    wanted = f"SELECT id FROM {name_of(model)} WHERE id = %s"  # noqa: S608

    with tenant_scope(acme.acquirer.pk):
        assert run(wanted, row.pk) == [(row.pk,)]
    with tenant_scope(acme.acquirer.pk, acme.merchant.pk):
        own = [] if model.MERCHANT_COLUMN is None else [(row.pk,)]
        assert run(wanted, row.pk) == own


@pytest.mark.parametrize("model", TABLES, ids=name_of)
def test_a_row_cannot_be_given_away(
    model: type[TenantModel], row: Any, acme: Person, outsider: Person
) -> None:
    with tenant_scope(acme.acquirer.pk), refused():
        run(
            f"UPDATE {name_of(model)} SET acquirer_id = %s WHERE id = %s",  # noqa: S608
            outsider.acquirer.pk,
            row.pk,
        )


@pytest.mark.parametrize("model", TABLES, ids=name_of)
def test_no_row_can_be_emptied_away_with_its_table(model: type[TenantModel], acme: Person) -> None:
    with platform_scope(), refused():
        run(f"TRUNCATE {name_of(model)} CASCADE")


def test_every_table_with_an_acquirer_is_a_tenant_table_or_the_staffs() -> None:
    with_acquirer = run(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'acquirer_id'"
    )

    assert {name for (name,) in with_acquirer} == {
        *map(name_of, TABLES), "tenancy_staff", "tenancy_auditentry",
    }  # fmt: skip
    assert {name_of(model) for model in apps.get_models() if issubclass(model, TenantModel)} == {
        *map(name_of, TABLES)
    }


def test_every_tenant_table_has_exactly_our_policy() -> None:
    secured = run("SELECT relname FROM pg_class WHERE relrowsecurity")
    policies = run("SELECT tablename, policyname, roles::text[], cmd, permissive FROM pg_policies")

    names = {*map(name_of, TABLES), "tenancy_auditentry"}
    assert {name for (name,) in secured} == names
    assert sorted(policies) == sorted(
        (name, "tenant", [settings.DATABASE_ROLE], "ALL", "PERMISSIVE") for name in names
    )


def test_the_codes_role_can_bypass_nothing_and_owns_nothing() -> None:
    role = settings.DATABASE_ROLE

    assert run("SELECT current_user") == [(role,)]
    assert run(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname = %s",
        role,
    ) == [(False, False, False, False)]
    assert run(
        "SELECT count(*) FROM pg_class WHERE relowner = %s::regrole AND relkind = 'r'", role
    ) == [(0,)]


def test_the_one_look_up_before_a_scope_gives_one_row_and_no_list(
    acme: Person, outsider: Person
) -> None:
    find = "SELECT merchant_id FROM merchants_find_api_key(%s)"

    assert run(find, acme.key.lookup) == [(acme.merchant.pk,)]
    assert run(find, "%") == []
    assert run(find, "") == []
