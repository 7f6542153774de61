"""Django's PostgreSQL backend, plus the tenant scope, which reaches the connection here, and the
choice of what is prepared (``tenancy.prepared``).

Before a statement runs, the connection is told of the scope in force if it has not been yet. What
a connection was told is forgotten whenever PostgreSQL may have forgotten it (a rollback undoes
settings made in the transaction) and whenever the connection comes from the pool.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import sql

from tenancy import scope
from tenancy.postgres import gevent_wait
from tenancy.prepared import prepare_threshold

gevent_wait.install()

BIND_STATEMENT = (
    "SELECT set_config('tillgate.acquirer', %s, false), set_config('tillgate.merchant', %s, false)"
)
# Only people and commands are named: a payment's way does without.
BIND_ACTOR_STATEMENT = (
    "SELECT set_config('tillgate.actor', %s, false), set_config('tillgate.origin', %s, false)"
)


_TOLD, _NOBODY = "tillgate_actor", ("", "")
_DEAD_LIMIT = 64  # connections of one pool that may have died at once


def _is_alive(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server's end is open, without a round trip: a dead one has an end of file."""
    try:
        connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return False
    return bool(connection.pgconn.status == psycopg.pq.ConnStatus.OK)


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module's docstring."""

    _bound: scope.Settings | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A living connection. After a restart of PostgreSQL the pool is full of dead ones; each
        that is found goes back to the pool, which replaces it."""
        self._bound = None
        for _ in range(_DEAD_LIMIT):
            connection = super().get_new_connection(conn_params)
            if _is_alive(connection):
                return connection
            self.pool.putconn(connection)
        return super().get_new_connection(conn_params)

    def _configure_role(self, connection: Any) -> bool:
        """Become the code's role. Django's own asks the pool for a connection to write the
        statement with, while the pool waits for this one: with both set, nothing connects."""
        role = self.settings_dict["OPTIONS"].get("assume_role")
        if role is None:
            return False
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        return True

    def create_cursor(self, name: str | None = None) -> Any:
        self.bind_scope()
        self.connection.prepare_threshold = prepare_threshold()
        return super().create_cursor(name)

    def bind_scope(self) -> None:
        """Tell the connection of the scope in force, unless it knows."""
        wanted = scope.database_settings()
        if wanted == self._bound:
            return
        self.connection.execute(BIND_STATEMENT, wanted[:2], prepare=True)
        # What PostgreSQL was told last stands with the connection, which outlives this wrapper.
        if wanted[2:] != getattr(self.connection, _TOLD, _NOBODY):
            self.connection.execute(BIND_ACTOR_STATEMENT, wanted[2:], prepare=True)
            setattr(self.connection, _TOLD, wanted[2:])
        self._bound = wanted

    def _nodb_cursor(self) -> Any:
        """Making and dropping a database is the owner's work, not the code's role's."""
        options = self.settings_dict["OPTIONS"].items()
        kept = {name: value for name, value in options if name not in {"assume_role", "pool"}}
        owner = type(self)({**self.settings_dict, "OPTIONS": kept}, alias=self.alias)
        return super(DatabaseWrapper, owner)._nodb_cursor()

    def _forget(self) -> None:
        self._bound = None
        if self.connection is not None and hasattr(self.connection, _TOLD):
            setattr(self.connection, _TOLD, None)

    def _rollback(self) -> Any:
        self._forget()
        return super()._rollback()  # type: ignore[misc]  # Django's own, not in the stubs

    def _savepoint_rollback(self, sid: str) -> None:
        # Not through cursor(): it would first tell the connection of the scope, which fails in a
        # broken transaction, and which this very statement would undo behind our back.
        try:
            with self.wrap_database_errors:
                self.connection.execute(self.ops.savepoint_rollback_sql(sid))
        finally:
            self._forget()
