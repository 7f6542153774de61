"""Closings: balances are the same with them and without, and cost only what came since."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.clock import ManualClock, using_clock
from ledger.closing import GRACE, close_books
from ledger.models import Account, Closing
from ledger.selectors import get_balance, list_trial_balance
from ledger.tasks import close
from tenancy.scope import tenant_scope
from tests.ledger.test_pages import NOON, sell
from tests.people import Person

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 11, 19, tzinfo=UTC)


def payable(person: Person) -> Account:
    return Account.objects.get(kind="merchant_payable", merchant_id=person.merchant.id)


def test_a_balance_is_the_same_before_and_after_closing_at_every_moment(acme: Person) -> None:
    for day, minor in enumerate((100, 20, 3)):
        sell(acme, minor, at=NOON + timedelta(days=day))
    moments = [NOON + timedelta(hours=hours) for hours in (0, 1, 20, 21, 25, 44, 45, 72)] + [None]

    def balances() -> list[int]:
        return [get_balance(payable(acme), at=moment) for moment in moments]

    with tenant_scope(acme.acquirer.id), using_clock(ManualClock(NOON + timedelta(days=5))):
        before = balances()
        closed = [close_books(MIDNIGHT + timedelta(days=days)) for days in (0, 1, 2)]
        again = close_books(MIDNIGHT)

        assert balances() == before == [0, -100, -100, -100, -120, -120, -120, -123, -123]
        assert (closed, again) == ([2, 2, 2], 0)
        closings = Closing.objects.filter(account=payable(acme)).order_by("closes_at")
        assert [row.balance_minor for row in closings] == [-100, -120, -123]


def test_what_was_closed_is_not_added_up_again(acme: Person) -> None:
    sell(acme, 100)
    sell(acme, 20, at=NOON + timedelta(days=1))
    with tenant_scope(acme.acquirer.id), using_clock(ManualClock(NOON + timedelta(days=5))):
        close_books(MIDNIGHT)
        Closing.objects.filter(account=payable(acme)).update(balance_minor=-5000)

        assert get_balance(payable(acme)) == -5020
        assert [line.balance_minor for line in list_trial_balance(livemode=True)] == [-5020, 120]


def test_an_account_that_did_not_move_has_no_new_closing(acme: Person, outsider: Person) -> None:
    sell(acme, 100)
    sell(outsider, 7)
    with using_clock(ManualClock(NOON + timedelta(days=5))):
        with tenant_scope(acme.acquirer.id):
            assert close_books(MIDNIGHT) == 2  # not the outsider's
            assert close_books(MIDNIGHT + timedelta(days=1)) == 0
        close()  # the task closes everybody's last midnight
        with tenant_scope(outsider.acquirer.id):
            assert get_balance(payable(outsider)) == -7
            assert [row.balance_minor for row in Closing.objects.all()] in ([7, -7], [-7, 7])


def test_books_are_not_closed_before_what_was_posted_is_committed(acme: Person) -> None:
    with tenant_scope(acme.acquirer.id), using_clock(ManualClock(MIDNIGHT + GRACE / 2)):
        with pytest.raises(ValueError, match="not before"):
            close_books(MIDNIGHT)
        assert Closing.objects.count() == 0
