"""Whose rows this piece of work may see: nobody's, one acquirer's, one merchant's, or all.

The scope is set where work begins (a request, a task, a command) and read in two places that know
nothing of each other: the managers filter by it, and every database connection is told of it, so
that row-level security refuses what the code forgot.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

_EVERY = "*"


class OutOfScope(RuntimeError):
    """A tenant's rows were asked for outside any tenant scope: a fault of the program."""


@dataclass(frozen=True, slots=True)
class Scope:
    """``acquirer_id=None`` is the whole platform; ``merchant_id=None`` the whole acquirer."""

    acquirer_id: UUID | None
    merchant_id: UUID | None = None

    def database_settings(self) -> tuple[str, str]:
        """The values of ``tillgate.acquirer`` and ``tillgate.merchant`` for the policies."""
        acquirer = _EVERY if self.acquirer_id is None else str(self.acquirer_id)
        merchant = _EVERY if self.merchant_id is None else str(self.merchant_id)
        return acquirer, merchant


NO_ROWS = ("", "")
_current: ContextVar[Scope | None] = ContextVar("tillgate_scope", default=None)


def find_scope() -> Scope | None:
    """The scope in force, or None."""
    return _current.get()


def get_scope() -> Scope:
    """The scope in force; raises OutOfScope where there is none."""
    scope = _current.get()
    if scope is None:
        raise OutOfScope("a tenant's rows were asked for outside a tenant scope")
    return scope


def database_settings() -> tuple[str, str]:
    """What the database must be told now; without a scope, that nothing may be seen."""
    scope = _current.get()
    return NO_ROWS if scope is None else scope.database_settings()


@contextmanager
def _entered(scope: Scope) -> Iterator[Scope]:
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def tenant_scope(
    acquirer_id: UUID, merchant_id: UUID | None = None
) -> AbstractContextManager[Scope]:
    """See one acquirer's rows, or with ``merchant_id`` that merchant's only."""
    return _entered(Scope(acquirer_id, merchant_id))


def platform_scope() -> AbstractContextManager[Scope]:
    """See every acquirer's rows: for the operator, the sweep and migrations. Never for a request
    that carries a tenant's credentials."""
    return _entered(Scope(None))
