"""A terminal's PIN: only its digest is kept, and three misses lock it."""

import pytest

from kernel.clock import ManualClock
from kernel.errors import Forbidden, Rejected
from merchants.models import RefundPin
from merchants.services.refund_pins import check_refund_pin, set_refund_pin
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person

pytestmark = pytest.mark.django_db
PIN, WRONG = "480173", "480174"


def set_pin(person: Person, pin: str = PIN) -> None:
    with tenant_scope(person.acquirer.id):
        set_refund_pin(person.terminal, pin)


def refusal(person: Person, pin: str) -> str:
    """The code of the refusal, or "" where the PIN is right."""
    with tenant_scope(person.acquirer.id, person.merchant.id):
        try:
            check_refund_pin(person.terminal.id, pin)
        except Forbidden as refused:
            return refused.code
    return ""


def test_the_right_pin_passes_and_ends_the_count(acme: Person) -> None:
    set_pin(acme)
    tries = [WRONG, WRONG, PIN, WRONG, WRONG, PIN]

    assert [refusal(acme, pin) for pin in tries] == [
        "refund_pin_wrong", "refund_pin_wrong", "", "refund_pin_wrong", "refund_pin_wrong", "",
    ]  # fmt: skip


def test_the_third_miss_locks_for_fifteen_minutes_even_for_the_right_one(
    acme: Person, clock: ManualClock
) -> None:
    set_pin(acme)
    assert [refusal(acme, WRONG) for _ in range(3)][-1] == "refund_pin_locked"

    clock.advance(15 * 60 - 1)
    assert refusal(acme, PIN) == "refund_pin_locked"
    clock.advance(1)
    assert refusal(acme, PIN) == ""


def test_a_new_pin_ends_the_lock(acme: Person) -> None:
    set_pin(acme)
    for _ in range(3):
        refusal(acme, WRONG)

    set_pin(acme, "730215")

    assert refusal(acme, "730215") == ""
    assert refusal(acme, PIN) == "refund_pin_wrong"


def test_without_a_pin_nobody_passes(acme: Person, rival: Person) -> None:
    set_pin(rival)

    assert refusal(acme, PIN) == "refund_pin_not_set"


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "٤٨٠١٧٣", "111111", "123456"])
def test_a_pin_is_six_digits_and_not_the_first_to_be_guessed(acme: Person, pin: str) -> None:
    with pytest.raises(Rejected):
        set_pin(acme, pin)

    with platform_scope():
        assert not RefundPin.objects.exists()


def test_the_pin_is_kept_as_a_digest_that_differs_by_terminal(acme: Person, rival: Person) -> None:
    set_pin(acme)
    set_pin(rival)

    with platform_scope():
        digests = [bytes(kept.digest) for kept in RefundPin.objects.all()]
    assert len(set(digests)) == 2
    assert all(PIN.encode() not in digest for digest in digests)
