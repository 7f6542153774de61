"""Whose rows this piece of work may see: nobody's, one acquirer's, one merchant's, or all.

The scope is set where work begins (a request, a task, a command) and read in two places that know
nothing of each other: the managers filter by it, and every database connection is told of it, so
that row-level security refuses what the code forgot.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

ACTOR_LENGTH = 128  # of who did something, in the columns that keep it; payments' hold 64
_EVERY = "*"
Settings = tuple[str, str, str, str]
Item = TypeVar("Item")


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
# Who does this piece of work, and from where: for the audit trail, never for a decision.
_actor: ContextVar[tuple[str, str]] = ContextVar("tillgate_actor", default=("", ""))


def find_scope() -> Scope | None:
    """The scope in force, or None."""
    return _current.get()


def get_scope() -> Scope:
    """The scope in force; raises OutOfScope where there is none."""
    scope = _current.get()
    if scope is None:
        raise OutOfScope("a tenant's rows were asked for outside a tenant scope")
    return scope


def database_settings() -> Settings:
    """What the database must be told now: ``tillgate.acquirer``, ``.merchant``, ``.actor`` and
    ``.origin``. Without a scope, that nothing may be seen."""
    scope = _current.get()
    return (NO_ROWS if scope is None else scope.database_settings()) + _actor.get()


@contextmanager
def acting(actor: str, *, origin: str = "") -> Iterator[None]:
    """Sign what is changed inside with ``actor`` (``staff:…``, ``command:…``) and its address."""
    token = _actor.set((actor[:ACTOR_LENGTH], origin[:64]))
    try:
        yield
    finally:
        _actor.reset(token)


@contextmanager
def _entered(scope: Scope) -> Iterator[Scope]:
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def in_this_scope(items: Iterable[Item]) -> Iterator[Item]:
    """``items``, each made in the scope in force now: an answer is streamed after its request's
    scope has ended. Nothing of the scope reaches the caller between two items."""
    context, source = copy_context(), iter(items)

    def walk() -> Iterator[Item]:
        while True:
            try:
                item = context.run(next, source)
            except StopIteration:
                return
            yield item

    return walk()


def tenant_scope(
    acquirer_id: UUID, merchant_id: UUID | None = None
) -> AbstractContextManager[Scope]:
    """See one acquirer's rows, or with ``merchant_id`` that merchant's only."""
    return _entered(Scope(acquirer_id, merchant_id))


def platform_scope() -> AbstractContextManager[Scope]:
    """See every acquirer's rows: for the operator, the sweep and migrations. Never for a request
    that carries a tenant's credentials."""
    return _entered(Scope(None))
