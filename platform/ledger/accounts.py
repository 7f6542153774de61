"""Accounts by name: their ids are computed, and each is made sure of once per process."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from django.db import connection

from kernel import clock

_NAMESPACE = UUID("6f6c8a0e-5a52-5d1c-9c86-3b1f0f6f7c11")
_KNOWN_LIMIT = 50_000
_known: set[UUID] = set()

_MAKE = """
INSERT INTO ledger_account
       (id, acquirer_id, merchant_id, livemode, kind, currency, created_at)
SELECT made.*, %(now)s
  FROM unnest(%(ids)s::uuid[], %(acquirers)s::uuid[], %(merchants)s::uuid[], %(modes)s::boolean[],
              %(kinds)s::text[], %(currencies)s::text[]) AS made
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class AccountName:
    """What tells one account from another. Live money and test money never share one."""

    acquirer_id: UUID
    merchant_id: UUID | None
    livemode: bool
    kind: str
    currency: str

    @property
    def account_id(self) -> UUID:
        """The same for the same name, in every process and for ever."""
        return _account_id(self)


@lru_cache(maxsize=_KNOWN_LIMIT)
def _account_id(name: AccountName) -> UUID:
    # Remembered: it was 7 % of a payment's CPU.
    # Accounts were one for both modes once: those keep their ids, as the test mode's.
    mode = "/live" if name.livemode else ""
    return uuid5(
        _NAMESPACE, f"{name.acquirer_id}/{name.merchant_id}/{name.kind}/{name.currency}{mode}"
    )


def ensure_accounts(names: Iterable[AccountName]) -> list[UUID]:
    """The accounts' ids, made where they are not there yet.

    Inside a transaction nothing is remembered: it may yet be rolled back.
    """
    wanted = [(name.account_id, name) for name in names]
    missing = {key: name for key, name in wanted if key not in _known}
    if missing:
        _make(missing)
    return [key for key, _name in wanted]


def _make(missing: dict[UUID, AccountName]) -> None:
    names = missing.values()
    told: dict[str, Any] = {
        "ids": list(missing),
        "acquirers": [name.acquirer_id for name in names],
        "merchants": [name.merchant_id for name in names],
        "modes": [name.livemode for name in names],
        "kinds": [name.kind for name in names],
        "currencies": [name.currency for name in names],
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, told)
    if not connection.in_atomic_block:
        for account_id in missing:
            _remember(account_id)


def _remember(account_id: UUID) -> None:
    if len(_known) >= _KNOWN_LIMIT:
        _known.clear()
    _known.add(account_id)
