"""The number on a member's card."""

import pytest

from connectors.alipay import rules
from loyalty.card_numbers import new_card_number, read_card_number, show_card_number


def test_a_new_number_reads_back_and_no_two_are_alike() -> None:
    numbers = {new_card_number() for _ in range(200)}

    assert len(numbers) == 200
    assert all(read_card_number(number) == number for number in numbers)
    assert {(len(number), number[0]) for number in numbers} == {(18, "9")}


def test_a_card_is_never_taken_for_a_payment_code() -> None:
    assert not rules.is_payment_code(new_card_number())


def test_every_wrong_digit_is_found() -> None:
    number = "900000000000000019"
    assert read_card_number(number) == number

    for place in range(1, 18):
        for digit in set("0123456789") - {number[place]}:
            assert read_card_number(number[:place] + digit + number[place + 1 :]) is None


@pytest.mark.parametrize("typed", ["9000 0000 0000 0000 19", "9000-0000-0000-0000-19"])
def test_it_is_read_as_people_write_it(typed: str) -> None:
    assert read_card_number(typed) == "900000000000000019"


@pytest.mark.parametrize(
    "typed", ["", "9", "800000000000000018", "9\u066000000000000018", "x" * 18]
)
def test_what_is_no_card_is_none(typed: str) -> None:
    assert read_card_number(typed) is None


def test_it_is_shown_in_fours() -> None:
    assert show_card_number("900000000000000019") == "9000 0000 0000 0000 19"
