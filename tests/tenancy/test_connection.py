"""A connection is told of every change of scope, whatever happened to it in between.

What it was told last is remembered outside PostgreSQL; a rollback, a reconnect or the pool may
make the two differ, and then one tenant would see another's rows.
"""

import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from tenancy.postgres.base import DatabaseWrapper
from tenancy.scope import acting, database_settings, platform_scope, tenant_scope

pytestmark = pytest.mark.django_db

ONE, TWO = UUID(int=1), UUID(int=2)
_NAMES = ("acquirer", "merchant", "actor", "origin")
_ASK = "SELECT " + ", ".join(
    f"coalesce(current_setting('tillgate.{name}', true), '')" for name in _NAMES
)


def told(wrapper: DatabaseWrapper) -> tuple[str, ...]:
    """What PostgreSQL holds for the scope in force."""
    with wrapper.cursor() as cursor:
        cursor.execute(_ASK)
        row: tuple[str, ...] = cursor.fetchone()
        return row


def assert_told(wrapper: DatabaseWrapper) -> None:
    assert told(wrapper) == database_settings()


def unconnected(alias: str, pool: dict[str, int] | None) -> DatabaseWrapper:
    """Another wrapper of the test's database; without a pool, closing it ends its connection."""
    wrapper: DatabaseWrapper = connection.copy(alias=alias)  # type: ignore[assignment]
    wrapper.settings_dict["OPTIONS"] = wrapper.settings_dict["OPTIONS"] | {"pool": pool}
    return wrapper


@pytest.fixture(params=["pooled", "unpooled"])
def wrappers(request: pytest.FixtureRequest) -> Iterator[list[DatabaseWrapper]]:
    """Two wrappers, as of two threads; with the pool on they take turns with ONE connection."""
    pools = {"pooled": {"min_size": 1, "max_size": 1, "timeout": 10}, "unpooled": None}
    first = unconnected(f"attacked_{request.param}", pools[request.param])
    second: DatabaseWrapper = first.copy()  # type: ignore[assignment]
    for wrapper in (first, second):
        wrapper.inc_thread_sharing()
    yield [first, second]
    for wrapper in (first, second):
        wrapper.close()
    first.close_pool()


@pytest.fixture
def wrapper(wrappers: list[DatabaseWrapper]) -> DatabaseWrapper:
    return wrappers[0]


def test_without_a_scope_the_database_is_told_that_nothing_may_be_seen(
    wrapper: DatabaseWrapper,
) -> None:
    assert told(wrapper) == ("", "", "", "")


def test_a_scope_is_told_before_the_first_statement(wrapper: DatabaseWrapper) -> None:
    with tenant_scope(ONE, TWO):
        assert told(wrapper) == (str(ONE), str(TWO), "", "")
    with tenant_scope(ONE):
        assert told(wrapper) == (str(ONE), "*", "", "")
    with platform_scope():
        assert told(wrapper) == ("*", "*", "", "")
    assert told(wrapper) == ("", "", "", "")


def test_a_rollback_that_undoes_the_setting_is_noticed(wrapper: DatabaseWrapper) -> None:
    with tenant_scope(ONE):
        assert_told(wrapper)
    wrapper.set_autocommit(False)
    with tenant_scope(TWO):
        assert_told(wrapper)
        wrapper.rollback()
        assert_told(wrapper)
    wrapper.rollback()
    wrapper.set_autocommit(True)
    assert_told(wrapper)


def test_a_savepoint_rollback_that_undoes_the_setting_is_noticed(
    wrapper: DatabaseWrapper,
) -> None:
    wrapper.set_autocommit(False)
    with tenant_scope(ONE):
        assert_told(wrapper)
        sid = wrapper.savepoint()
        with tenant_scope(TWO):
            assert_told(wrapper)
            wrapper.savepoint_rollback(sid)
            assert_told(wrapper)
        assert_told(wrapper)
    wrapper.rollback()
    wrapper.set_autocommit(True)


def kill(process_id: int) -> None:
    """End a connection from the server's side, and wait until it is gone."""
    other = unconnected("killer", None)
    with closing(other), other.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process_id])


def test_a_connection_killed_by_the_server_comes_back_told(
    wrappers: list[DatabaseWrapper],
) -> None:
    wrapper = wrappers[0]
    with tenant_scope(ONE):
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            victim = cursor.fetchone()[0]
        kill(victim)
        with pytest.raises(DatabaseError):
            told(wrapper)
        wrapper.close()
    with tenant_scope(TWO):
        assert told(wrapper) == (str(TWO), "*", "", "")


def test_the_next_user_of_a_connection_inherits_nothing(wrappers: list[DatabaseWrapper]) -> None:
    first, second = wrappers
    with tenant_scope(ONE):
        assert told(first) == (str(ONE), "*", "", "")
        first.close()

    assert told(second) == ("", "", "", "")
    with tenant_scope(TWO):
        assert told(second) == (str(TWO), "*", "", "")
    second.close()
    assert told(first) == ("", "", "", "")


def test_a_connection_given_back_in_the_middle_of_a_transaction_inherits_nothing(
    wrappers: list[DatabaseWrapper],
) -> None:
    first, second = wrappers
    with tenant_scope(ONE):
        first.set_autocommit(False)
        assert_told(first)
        first.close()
    with tenant_scope(TWO):
        assert told(second) == (str(TWO), "*", "", "")


def test_a_failed_statement_leaves_the_next_one_told(wrapper: DatabaseWrapper) -> None:
    with tenant_scope(ONE):
        assert_told(wrapper)
    with tenant_scope(TWO):
        with pytest.raises(DatabaseError), wrapper.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert_told(wrapper)


class _Undone(Exception):
    """Makes an atomic block roll back."""


class Walk:
    """Nests scopes, transactions, failures and reconnects at random, and asks after each."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.steps_left = 120
        self.questions = 0

    def go(self, depth: int = 0) -> None:
        for _ in range(self.random.randint(2, 6)):
            if self.steps_left == 0:
                return
            self.steps_left -= 1
            self._step(depth)
            assert_told(connection)  # type: ignore[arg-type]
            self.questions += 1

    def _step(self, depth: int) -> None:
        kind = self.random.choice(["scope", "commit", "undo", "fail", "close", "ask"])
        if kind == "scope" and depth < 8:
            with self._any_scope():
                self.go(depth + 1)
        elif kind == "commit" and depth < 8:
            with transaction.atomic():
                self.go(depth + 1)
        elif kind == "undo" and depth < 8:
            with suppress(_Undone), transaction.atomic():
                self.go(depth + 1)
                raise _Undone
        elif kind == "fail":
            with (
                self._any_scope(),
                pytest.raises(DatabaseError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute("SELECT 1 / 0")
        elif kind == "close" and not connection.in_atomic_block:
            connection.close()

    def _any_scope(self) -> AbstractContextManager[object]:
        pick = self.random.randrange(7)
        if pick >= 5:
            return acting(f"staff:{pick}", origin="10.0.0.1")
        if pick == 0:
            return platform_scope()
        if pick == 1:
            return nullcontext()
        return tenant_scope(UUID(int=pick), self.random.choice([None, ONE, TWO]))


@pytest.mark.django_db(transaction=True)  # a connection is closed only outside transactions
@pytest.mark.parametrize("seed", range(8))
def test_no_order_of_scopes_transactions_and_failures_leaves_a_former_tenant(seed: int) -> None:
    walk = Walk(seed)

    while walk.steps_left:
        walk.go()

    assert walk.questions == 120
