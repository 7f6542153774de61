"""The lock-out: tries are counted, too many must wait, longer each time, and nothing is told."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kernel.clock import ManualClock
from tenancy.models import SignInTries, Staff
from tenancy.roles import Role
from tenancy.signin import tries
from tests.factories.tenancy import StaffFactory
from tests.tenancy.signin.people import CODE, SIGN_IN, code_of, give_factor, is_inside

pytestmark = pytest.mark.django_db
TOO_MANY = "Too many tries"


@pytest.fixture
def staff(clock: ManualClock) -> Staff:
    return StaffFactory(role=Role.SUPPORT)


def knock(email: str, password: str = "wrong", *, address: str = "192.0.2.1") -> str:
    """What the sign-in answers: "inside", "closed" or "wrong"."""
    cache.clear()  # what is asked of everybody's requests in a minute is not what is tested here
    client = Client(REMOTE_ADDR=address)
    answer = client.post(SIGN_IN, {"login": email, "password": password})
    if is_inside(client):
        return "inside"
    return "closed" if TOO_MANY in answer.content.decode() else "wrong"


def test_the_sixth_try_in_a_row_is_refused_even_if_it_is_right(staff: Staff) -> None:
    assert [knock(staff.email) for _ in range(6)] == ["wrong"] * 5 + ["closed"]

    assert knock(staff.email, "correct-horse-battery") == "closed"


def test_the_door_opens_again_and_closes_for_twice_as_long(
    staff: Staff, clock: ManualClock
) -> None:
    for _ in range(5):
        knock(staff.email)
    waited = []
    for _ in range(6):
        seconds = 0
        while knock(staff.email) == "closed":
            clock.advance(60)
            seconds += 60
        waited.append(seconds)

    assert waited == [60, 120, 240, 480, 900, 900]


def test_after_a_minute_the_right_password_opens_and_counting_begins_anew(
    staff: Staff, clock: ManualClock
) -> None:
    for _ in range(5):
        knock(staff.email)
    clock.advance(60)

    assert knock(staff.email, "correct-horse-battery") == "inside"

    assert [knock(staff.email) for _ in range(5)] == ["wrong"] * 5


def test_an_address_that_is_nobodys_is_refused_in_the_same_words(staff: Staff) -> None:
    pages = []
    for email in (staff.email, "nobody@example.com"):
        for _ in range(6):
            cache.clear()
            answer = Client().post(SIGN_IN, {"login": email, "password": "wrong"})
        pages.append(answer.context["form"].errors)
    assert pages[0] == pages[1]
    assert TOO_MANY in str(pages[0])


def test_another_spelling_of_the_address_is_the_same_account(staff: Staff) -> None:
    for _ in range(5):
        knock(staff.email.upper())

    assert knock(staff.email) == "closed"


def test_one_address_that_tries_many_accounts_is_refused(staff: Staff) -> None:
    answers = [knock(f"person-{number}@example.net") for number in range(41)]

    assert answers == ["wrong"] * 40 + ["closed"]
    assert knock(staff.email, "correct-horse-battery") == "closed"
    assert knock(staff.email, "correct-horse-battery", address="192.0.2.2") == "inside"


def test_a_right_password_now_and_then_buys_an_address_no_guesses(staff: Staff) -> None:
    for number in range(40):
        knock(f"person-{number}@example.net")
        if number % 10 == 0:
            assert knock(staff.email, "correct-horse-battery") == "inside"

    assert knock("another@example.net") == "closed"


def test_an_ipv6_network_is_one_address(staff: Staff) -> None:
    for number in range(40):
        knock(f"person-{number}@example.net", address=f"2001:db8::{number:x}")

    assert knock("another@example.net", address="2001:db8::ffff") == "closed"
    assert knock("another@example.net", address="2001:db8:0:1::1") == "wrong"


def test_codes_cannot_be_guessed_either(staff: Staff) -> None:
    give_factor(staff)
    client = Client()
    client.post(SIGN_IN, {"login": staff.email, "password": "correct-horse-battery"})
    for _ in range(5):
        client.post(CODE, {"code": "000000"})

    answer = client.post(CODE, {"code": code_of()})

    assert TOO_MANY in answer.content.decode()
    assert not is_inside(client)


def test_signing_in_anew_buys_no_more_codes(staff: Staff) -> None:
    give_factor(staff)
    for _ in range(6):
        cache.clear()
        client = Client()
        client.post(SIGN_IN, {"login": staff.email, "password": "correct-horse-battery"})
        answer = client.post(CODE, {"code": "000000"})

    assert TOO_MANY in answer.content.decode()


def test_what_was_typed_is_not_kept_in_words(staff: Staff) -> None:
    knock(staff.email)
    knock("my-password-by-mistake@example.com")

    kept = list(SignInTries.objects.values_list("key", flat=True))

    assert len(kept) == 3  # two accounts, one address
    assert not any("@" in key or "192.0.2" in key for key in kept)


def test_old_tries_are_let_go(staff: Staff, clock: ManualClock) -> None:
    knock(staff.email)
    clock.advance(24 * 3600 + 1)

    tries.forget_old()

    assert SignInTries.objects.count() == 0


@pytest.mark.parametrize("change", [{"role": Role.AUDITOR}, {"is_active": False}])
def test_whoever_gets_another_role_or_is_deactivated_is_signed_out(
    change: dict[str, object],
) -> None:
    staff, client = StaffFactory(role=Role.SUPPORT), Client()
    client.post(SIGN_IN, {"login": staff.email, "password": "correct-horse-battery"})
    assert is_inside(client)

    Staff.objects.filter(pk=staff.pk).update(**change)

    assert not is_inside(client)
    assert client.get(reverse("usersessions_list"))["Location"].startswith(SIGN_IN)
