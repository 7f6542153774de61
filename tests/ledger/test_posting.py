"""The books: balanced by Python, by the database, and never edited."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from ledger import accounts
from ledger.models import Account, Entry, Transaction
from ledger.posting import Leg, Posting, Unbalanced, fragments, post
from ledger.selectors import get_balance, list_trial_balance
from tenancy.fragments import Fragment, run
from tenancy.ownership import as_owner
from tenancy.scope import tenant_scope
from tests.people import Person

HKD = "HKD"


@pytest.fixture(autouse=True)
def _forget_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_known", set())


@pytest.fixture
def ours(acme: Person) -> Iterator[Person]:
    """Work in acme's acquirer's scope."""
    with tenant_scope(acme.acquirer.id):
        yield acme


def sale(
    person: Person, minor: int = 12050, currency: str = HKD, *, livemode: bool = False
) -> Posting:
    merchant = person.merchant.id
    return Posting(
        kind="payment.succeeded",
        cause_type="payment",
        cause_id=uuid4(),
        livemode=livemode,
        entries=[
            Leg("scheme_receivable", merchant, Money(minor, currency)),
            Leg("merchant_payable", merchant, Money(-minor, currency)),
        ],
    )


def insert_entry(person: Person, transaction_id: object, account: Account, minor: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (id, acquirer_id, merchant_id, transaction_id, account_id,"
            " amount_minor, currency, created_at) VALUES (%s, %s, %s, %s, %s, %s, 'HKD', now())",
            [
                uuid4(),
                person.acquirer.id,
                person.merchant.id,
                transaction_id,
                account.id,
                minor,
            ],
        )


@pytest.mark.django_db
def test_a_sale_stands_on_both_sides(ours: Person) -> None:
    transaction_id = post(sale(ours))

    assert [(line.kind, line.balance_minor) for line in list_trial_balance(livemode=False)] == [
        ("merchant_payable", -12050),
        ("scheme_receivable", 12050),
    ]
    assert Transaction.objects.get().id == transaction_id
    receivable = Account.objects.get(kind="scheme_receivable")
    assert get_balance(receivable) == 12050
    assert get_balance(receivable, at=receivable.created_at) == 0


@pytest.mark.parametrize(
    "amounts",
    [
        [("HKD", 100), ("HKD", -99)],
        [("HKD", 100), ("JPY", -100)],
        [("HKD", 0), ("HKD", 0)],
        [],
    ],
)
def test_what_does_not_balance_is_refused_before_it_is_sent(
    amounts: list[tuple[str, int]],
) -> None:
    with pytest.raises(Unbalanced):
        Posting(
            "k", "t", uuid4(), False,
            [Leg("suspense", None, Money(minor, currency)) for currency, minor in amounts],
        )  # fmt: skip


def test_an_account_that_is_not_in_the_chart_is_refused() -> None:
    with pytest.raises(KeyError):
        Posting("k", "t", uuid4(), False, [Leg("pocket", None, Money(1, HKD))] * 2)


@pytest.mark.django_db
def test_the_database_refuses_what_does_not_balance(ours: Person) -> None:
    transaction_id, account = post(sale(ours)), Account.objects.first()
    assert account is not None

    with pytest.raises(IntegrityError, match="do not balance"), transaction.atomic():
        insert_entry(ours, transaction_id, account, 1)

    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_a_cause_is_posted_once(ours: Person) -> None:
    posting = sale(ours)
    post(posting)

    with pytest.raises(IntegrityError), transaction.atomic():
        post(posting)

    assert Entry.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount_minor = amount_minor * 2",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_transaction SET kind = 'x'",
        "DELETE FROM ledger_transaction",
        "UPDATE ledger_account SET kind = 'suspense'",
        "TRUNCATE ledger_entry CASCADE",
    ],
)
def test_nothing_is_edited_under_the_codes_role(ours: Person, statement: str) -> None:
    post(sale(ours))

    with (
        pytest.raises(DatabaseError, match=r"permission denied|never edited"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Entry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_entry SET amount_minor = amount_minor * 2", "DELETE FROM ledger_transaction"],
)
def test_not_even_the_owner_edits(ours: Person, statement: str) -> None:
    post(sale(ours))

    with (
        as_owner("default") as owner,
        pytest.raises(DatabaseError, match="never edited"),
        owner.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_a_fragment_writes_nothing_where_its_source_has_no_row(ours: Person) -> None:
    empty = Fragment("cause", "SELECT 1 WHERE false", {})
    parts = fragments(sale(ours), acquirer_id=ours.acquirer.id, source="cause")

    row = run([empty, *parts], tail="SELECT count(*) FROM booked")

    assert row == (0,)
    assert not Entry.objects.exists()
    assert not Transaction.objects.exists()


@pytest.mark.django_db
def test_another_acquirer_sees_none_of_it(ours: Person, outsider: Person) -> None:
    post(sale(ours))

    with tenant_scope(outsider.acquirer.id):
        assert list_trial_balance(livemode=False) == []
        assert not Account.objects.exists()
    with tenant_scope(ours.acquirer.id, ours.merchant.id):
        assert Entry.objects.count() == 2


@pytest.mark.django_db
@given(
    st.lists(
        st.tuples(st.integers(1, 10**12), st.sampled_from(["HKD", "JPY", "KWD"])),
        min_size=1,
        max_size=8,
    )
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_posted_every_currency_sums_to_zero(
    ours: Person, sales: list[tuple[int, str]]
) -> None:
    for minor, currency in sales:
        post(sale(ours, minor, currency))

    sums: dict[str, int] = {}
    for line in list_trial_balance(livemode=False):
        sums[line.currency] = sums.get(line.currency, 0) + line.balance_minor
    assert set(sums.values()) == {0}


@pytest.mark.django_db
def test_live_and_test_money_stand_in_two_books(ours: Person) -> None:
    post(sale(ours, 12050))
    post(sale(ours, 700, livemode=True))

    for livemode, minor in ((False, 12050), (True, 700)):
        assert [
            (line.kind, line.balance_minor) for line in list_trial_balance(livemode=livemode)
        ] == [
            ("merchant_payable", -minor),
            ("scheme_receivable", minor),
        ]


@pytest.mark.django_db
def test_the_database_refuses_a_transaction_that_mixes_the_books(ours: Person) -> None:
    post(sale(ours))
    post(sale(ours, livemode=True))
    transaction_id = Transaction.objects.earliest("id").id
    test, live = (
        Account.objects.get(kind="merchant_payable", livemode=livemode)
        for livemode in (False, True)
    )

    with (
        pytest.raises(IntegrityError, match="mixes live and test"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ledger_entry (id, acquirer_id, merchant_id, transaction_id, account_id,"
            " amount_minor, currency, created_at)"
            " SELECT gen_random_uuid(), %s, %s, %s, account, minor, 'HKD', now()"
            "   FROM unnest(%s::uuid[], %s::bigint[]) AS leg (account, minor)",
            [
                ours.acquirer.id, ours.merchant.id, transaction_id,
                [test.id, live.id], [5, -5],
            ],
        )  # fmt: skip

    assert Entry.objects.count() == 4


@pytest.mark.django_db
def test_the_trial_balance_of_a_past_moment_is_what_it_was(ours: Person) -> None:
    post(sale(ours, 100))
    moment = Entry.objects.latest("created_at").created_at + timedelta(seconds=1)
    with using_clock(ManualClock(moment)):
        post(sale(ours, 50))

    then, now = (list_trial_balance(livemode=False, at=at) for at in (moment, None))
    assert [line.balance_minor for line in then] == [-100, 100]
    assert [line.balance_minor for line in now] == [-150, 150]
