"""The two layers of the histories can fail: a false rule and a false twin are found."""

import pytest
from django.db import connection
from hypothesis.stateful import run_state_machine_as_test

from merchants.authentication import Principal
from payments.services import move, notice
from payments.state import TRANSITIONS, Event, Status
from tests.payments.histories.memory import Memory
from tests.payments.histories.memory.statements import TWINS, Found, Params
from tests.payments.histories.memory.tables import Tables
from tests.payments.histories.profile import IN_MEMORY, ON_POSTGRES
from tests.payments.histories.rows import Row
from tests.payments.histories.test_histories import OnPostgres
from tests.payments.histories.test_memory import InMemory
from tests.people import Person


def test_a_rule_that_loses_money_is_found_in_memory(
    people: tuple[Person, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRANSITIONS, (Status.PROCESSING, Event.DEADLINE_PASSED), Status.CANCELED)
    InMemory.start_anew(*people)

    with InMemory.memory.installed(), pytest.raises(AssertionError):
        run_state_machine_as_test(InMemory, settings=IN_MEMORY)


def test_a_statement_that_memory_plays_otherwise_is_found_on_postgresql(
    people: tuple[Person, Principal], monkeypatch: pytest.MonkeyPatch
) -> None:
    true = TWINS[move._MOVE]

    def forgets_to_give_the_claim_back(db: Tables, p: Params, found: Found) -> list[Row]:
        claim = db.payments[p["moved_id"]]["claim"]
        rows = true(db, p, found)
        for row in rows:
            row["claim"] = claim
        return rows

    monkeypatch.setitem(TWINS, move._MOVE, forgets_to_give_the_claim_back)
    InMemory.start_anew(*people)
    OnPostgres.start_anew(*people)

    with pytest.raises(AssertionError, match="not the same rows"):
        run_state_machine_as_test(OnPostgres, settings=ON_POSTGRES)


def test_a_statement_that_memory_cannot_play_reaches_nothing(
    people: tuple[Person, Principal],
) -> None:
    memory, sql = Memory(people[0]), "UPDATE payments_payment SET due_at = NULL"

    with memory.installed():
        with connection.cursor() as cursor, pytest.raises(AssertionError, match="no twin"):
            cursor.execute(sql)
        with notice.connection.cursor() as cursor, pytest.raises(KeyError, match="due_at = NULL"):
            cursor.execute(sql, {})
