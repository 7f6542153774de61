from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from typeid import TypeID

from kernel.clock import ManualClock, using_clock
from kernel.ids import (
    InvalidId,
    beside,
    decode,
    encode,
    first_uuid_at,
    moment_of,
    new_uuid,
    using_random_bits,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
prefixes = st.sampled_from(["pay", "rfd", "mer", "str", "trm", "evt"])


def test_an_id_holds_its_millisecond_its_version_and_its_random_bits() -> None:
    with using_clock(ManualClock(NOON)), using_random_bits(lambda bits: (1 << bits) - 1):
        made = new_uuid()

    assert made.int >> 80 == int(NOON.timestamp() * 1000)
    assert made.version == 7
    assert made.variant == RFC_4122
    assert made.int & ((1 << 62) - 1) == (1 << 62) - 1


def test_an_id_says_when_it_was_made_to_the_millisecond() -> None:
    moment = NOON + timedelta(milliseconds=1, microseconds=999)
    with using_clock(ManualClock(moment)):
        made = new_uuid()

    assert moment_of(made) == moment_of(first_uuid_at(moment)) == NOON + timedelta(milliseconds=1)


@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=20))
def test_ids_sort_by_the_microsecond_in_which_they_were_made(steps: list[int]) -> None:
    clock = ManualClock(NOON)
    made: list[UUID] = []
    # The first gets the highest random bits and the last the lowest: time must decide.
    draws = iter(range(2**62 - 1, 0, -1))
    with using_clock(clock), using_random_bits(lambda _: next(draws)):
        for microseconds in steps:
            made.append(new_uuid())
            clock.advance(timedelta(microseconds=microseconds).total_seconds())

    assert made == sorted(made)
    texts = [encode("pay", each) for each in made]
    assert texts == sorted(texts)


def test_ids_made_in_the_same_moment_differ() -> None:
    with using_clock(ManualClock(NOON)):
        assert len({new_uuid() for _ in range(1000)}) == 1000


@given(st.uuids(), prefixes)
def test_an_id_read_back_is_the_same(value: UUID, prefix: str) -> None:
    text = encode(prefix, value)

    assert text.startswith(f"{prefix}_")
    assert len(text) == len(prefix) + 1 + 26
    assert decode(prefix, text) == value


@given(st.uuids(), prefixes)
def test_an_id_is_the_one_that_the_library_writes(value: UUID, prefix: str) -> None:
    assert encode(prefix, value) == str(TypeID.from_uuid(suffix=value, prefix=prefix))


@given(st.uuids())
def test_an_id_of_another_kind_is_refused(value: UUID) -> None:
    with pytest.raises(InvalidId):
        decode("pay", encode("rfd", value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pay",
        "pay_",
        "pay_01",
        "01jd0000000000000000000000",
        "pay_01JD0000000000000000000000",
        "pay_81jd0000000000000000000000",  # more than 128 bits
        "pay_01jd000000000000000000000u",  # u is no base-32 digit here
        "pay_01jd0000000000000000000000x",
        "pay_01jd0000000000000000000000\n",
        "PAY_01jd0000000000000000000000",
    ],
)
def test_text_that_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidId):
        decode("pay", text)


@pytest.mark.django_db
def test_the_database_makes_an_id_beside_each_row() -> None:
    one = new_uuid()

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {beside('%(one)s')} FROM generate_series(1, 3)",  # noqa: S608
            {"one": one},
        )
        made = [row[0] for row in cursor.fetchall()]

    assert {moment_of(each) for each in made} == {moment_of(one)}
    assert {each.version for each in made} == {7}
    assert len({one, *made}) == 4
