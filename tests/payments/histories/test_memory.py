"""Thousands of histories a minute: the real services, with their rows in memory.

What a statement of theirs does is played in Python (memory/); the decisions are the services' own.
"""

from collections.abc import Callable

from hypothesis.stateful import run_state_machine_as_test

from merchants.authentication import Principal
from tests.payments.histories.alipay import Fault, Mood
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


def test_a_word_that_one_noted_in_doubt_while_another_ended_the_payment_is_told_or_gone(
    people: tuple[Person, Principal],
) -> None:
    """Found by a long run: the row kept SYSTEM_ERROR, and its event had said nothing of it."""
    InMemory.start_anew(*people)

    with InMemory.memory.installed():
        history = InMemory()
        history.begin_with_a_code(then="confirm", faults=[])
        history.begin_with_a_scan(stops_unseen=False, mood=Mood.PAYS, faults=[], refunded=None)
        history.scan(at_once=False, faults=[], has_key=False, minor=1, mood=Mood.PAYS)
        history.cross(number=1, what="lease")
        history.cancel(at_once=False, faults=[Fault.NONE, Fault.SYSTEM_ERROR, Fault.NONE], number=3)
        history.work(index=1)
        history.teardown()  # judges

    assert InMemory.reached["payment_code canceled"] == 1


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
