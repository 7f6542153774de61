"""Money that was earned: postings as payments make them, at the time that a test says."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from ledger.models import Transaction
from ledger.posting import Leg, Posting, post
from merchants.models import BankAccount
from settlement.models import Batch, Line, Payout, Schedule
from settlement.services.check_books import check_books
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person, make_person

DAY = date(2026, 11, 18)  # a Wednesday
NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)  # in Beijing
NEXT_MORNING = datetime(2026, 11, 19, 1, tzinfo=UTC)

Earn = Callable[..., None]


@pytest.fixture
def earn() -> Earn:
    """``earn(person, 12050, at=…)`` posts a sale of HKD 120.50; below zero, a refund."""

    def earned(
        person: Person,
        minor: int,
        *,
        at: datetime = NOON,
        currency: str = "HKD",
        livemode: bool = False,
        kind: str | None = None,
    ) -> None:
        kind = kind or ("payment.succeeded" if minor > 0 else "refund.succeeded")
        posting = Posting(
            kind=kind,
            cause_type=kind.partition(".")[0],
            cause_id=uuid4(),
            livemode=livemode,
            entries=[
                Leg("scheme_receivable", person.merchant.id, Money(minor, currency)),
                Leg("merchant_payable", person.merchant.id, Money(-minor, currency)),
            ],
        )
        with using_clock(ManualClock(at)), tenant_scope(person.acquirer.id):
            post(posting)

    return earned


@pytest.fixture
def clock() -> Iterator[ManualClock]:
    """It is the next morning: the day has ended."""
    manual = ManualClock(NEXT_MORNING)
    with using_clock(manual):
        yield manual


def open_shops(earn: Earn, *, merchants: int, sales: int) -> list[Person]:
    """Merchants of one acquirer, each with an account and as many sales of 10.00 on DAY.

    Beside them stands one of another acquirer with the same, whom nobody settles.
    """
    first = make_person()
    shops = [first]
    shops += [make_person(first.acquirer, first.partner_account) for _ in range(merchants - 1)]
    for person in (*shops, make_person()):
        give_account(person)
        for _ in range(sales):
            earn(person, 1000)
    return shops


def assert_settled_once(shops: list[Person], *, sales: int) -> None:
    """Each of ``open_shops`` has a batch of its sales and a payout, and nobody else has any."""
    many = len(shops)
    with platform_scope():
        assert (Batch.objects.count(), Line.objects.count()) == (many, many * sales)
        merchants = set(Batch.objects.values_list("merchant_id", flat=True))
        assert merchants == {person.merchant.id for person in shops}
        paid_out = sorted(Payout.objects.values_list("amount_minor", flat=True))
        assert paid_out == [1000 * sales] * many
        assert Transaction.objects.filter(cause_type="settlement_batch").count() == many
    found = check_books(shops[0].acquirer).found()
    assert {name for name, _ in found} <= {"causes"}  # the sales were posted without payments


def give_account(person: Person, currency: str = "HKD") -> BankAccount:
    """A bank account for payouts."""
    with tenant_scope(person.acquirer.id):
        return BankAccount.objects.create(
            acquirer=person.acquirer,
            merchant=person.merchant,
            currency=currency,
            holder="Lotus Tea House Limited",
            country="HK",
            account_number="012345678901",
            account_tail="8901",
            bank_code="004",
            set_by="staff:ada@example.com",
            set_at=NOON,
        )


def set_terms(person: Person, *, own: bool = False, **terms: object) -> Schedule:
    """The acquirer's schedule, or the person's own."""
    with tenant_scope(person.acquirer.id):
        return Schedule.objects.create(
            acquirer=person.acquirer, merchant=person.merchant if own else None, **terms
        )
