"""Which passwords are refused: too short, stolen before, like the person, easily guessed."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tenancy.models import Acquirer, Staff
from tenancy.roles import Role
from tests.factories.tenancy import StaffFactory
from tests.tenancy.signin.people import type_password

PERSON = Staff(email="mei.wong@harbour.example", name="Mei Wong", acquirer=Acquirer(name="Harbour"))


def refusals(password: str) -> set[str]:
    try:
        validate_password(password, PERSON)
    except ValidationError as error:
        return {str(fault.code) for fault in error.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-words", "password_too_short"),
        ("1q2w3e4r5t6y7u", "password_too_common"),
        ("mei.wong@harbour", "password_too_similar"),
        ("Password2026!", "password_predictable"),
        ("P4ssw0rd2026!!", "password_predictable"),
        ("tillgate-2026-11", "password_predictable"),
        ("Harbour!!2026", "password_predictable"),
        ("aaaaaaaaaaaaaa", "password_predictable"),
        ("abcabcabcabcabc", "password_predictable"),
        ("98765432109876", "password_predictable"),
        ("asdfghjklqwertyuiop", "password_predictable"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str) -> None:
    assert code in refusals(password)


@pytest.mark.parametrize(
    "password",
    [
        "three lazy herons",  # spaces, no digit, no capital
        "雨傘 紅茶 地鐵 月餅 燈籠 麻雀",
        "kT9#wq-ZrL2$vb",
        "73014862905583",  # digits alone, drawn by lot
        "x" * 3 + " a very long sentence that nobody would guess " * 4,
    ],
)
def test_no_rule_asks_for_kinds_of_characters(password: str) -> None:
    assert refusals(password) == set()


@pytest.mark.django_db
def test_the_rules_stand_where_a_password_is_chosen() -> None:
    """Nobody has to guess what a good one is (ASVS 2.1.8)."""
    staff = StaffFactory(role=Role.SUPPORT)
    client = Client()
    type_password(client, staff)

    page = client.get("/account/password/change/").content.decode()

    assert "at least 12 characters" in page
    assert "several words that nobody else would put together are best" in page
