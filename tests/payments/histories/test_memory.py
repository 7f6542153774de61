"""Thousands of histories a minute: the real services, with their rows in memory.

What a statement of theirs does is played in Python (memory/); the decisions are the services' own.
"""

from collections.abc import Callable

from hypothesis.stateful import run_state_machine_as_test

from merchants.authentication import Principal
from tests.payments.histories.machine import REACHED, Histories, each_half
from tests.payments.histories.memory import Memory
from tests.payments.histories.profile import IN_MEMORY
from tests.people import Person


class InMemory(Histories):
    """Each history has tables of its own."""

    memory: Memory

    def begin(self) -> Memory:
        self.memory.begin()
        return self.memory

    @classmethod
    def start_anew(cls, person: Person, principal: Principal) -> None:
        super().start_anew(person, principal)
        cls.memory = Memory(person)


@each_half
def test_every_history_in_memory_keeps_the_laws_of_the_money(
    half: int,
    people: tuple[Person, Principal],
    count: Callable[[str, type[Histories]], None],
) -> None:
    InMemory.start_anew(*people)

    with InMemory.memory.installed():
        run_state_machine_as_test(InMemory, settings=IN_MEMORY)

    count("in memory", InMemory)
    assert set(InMemory.reached) >= REACHED
