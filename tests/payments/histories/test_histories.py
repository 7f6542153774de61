"""Histories of payments on the real PostgreSQL, none of them thought up by a person.

All of one run stand in one transaction; each begins at a savepoint and is rolled back to it. Every
statement of the services reaches the real PostgreSQL, with its constraints, triggers and row-level
security. What this cannot show, rows locked by two connections, is test_races' matter.

Each is then played again in memory, and must leave the same rows behind: so the thousands that
test_memory.py plays there count.
"""

from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis.stateful import run_state_machine_as_test
from psycopg._preparing import PrepareManager

from merchants.authentication import Principal
from tests.payments.histories.machine import REACHED, Histories, each_half
from tests.payments.histories.profile import ON_POSTGRES
from tests.payments.histories.rows import PostgresRows
from tests.payments.histories.test_memory import InMemory
from tests.people import Person


class OnPostgres(Histories):
    """Each history is rolled back to the savepoint where it began."""

    def begin(self) -> PostgresRows:
        savepoint = transaction.atomic()
        savepoint.__enter__()
        self.opened.callback(savepoint.__exit__, None, None, None)
        self.opened.callback(transaction.set_rollback, True)
        return PostgresRows(self.principal.acquirer_id)

    def judge(self) -> None:
        super().judge()
        left = self.world.rows.dump()
        twin = play_again(self)
        assert twin.looked == self.looked, "not the same rows after a step"
        assert twin.world.rows.dump() == left, "not the same rows at the end"


def play_again(history: Histories) -> InMemory:
    """The same history, in memory."""
    with InMemory.memory.installed():
        twin = InMemory()
        with twin.opened:
            for name, choices in history.script:
                getattr(twin, name)(**choices)
            twin.judge()
    return twin


@each_half
def test_every_history_keeps_the_laws_of_the_money_and_is_the_same_in_memory(
    half: int,
    people: tuple[Person, Principal],
    count: Callable[[str, type[Histories]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # psycopg forgets its prepared statements at each rollback; one to a savepoint keeps them.
    monkeypatch.setattr(PrepareManager, "_should_discard", lambda *_: None)
    InMemory.start_anew(*people)
    OnPostgres.start_anew(*people)

    run_state_machine_as_test(OnPostgres, settings=ON_POSTGRES)

    count("on PostgreSQL, each played again in memory,", OnPostgres)
    assert set(OnPostgres.reached) >= REACHED
