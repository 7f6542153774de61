"""The books are checked: sound ones pass, and each invariant finds the fault planted against it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from ledger.causes import PREFIXES
from ledger.closing import close_books
from payments.models import Payment
from settlement.books.invariants import INVARIANTS
from settlement.books.posted import _TABLES
from settlement.models import BooksCheck
from settlement.services.adjust import Wanted, adjust
from settlement.services.check_books import check_books, check_due_books
from settlement.services.settle import settle
from settlement.services.vat_rates import Rate, add_vat_rate
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.fakes import PAID, REFUNDED, FakeScheme
from tests.payments.conftest import order_of, pay, principal_of, scheme
from tests.payments.services.test_refund import refund
from tests.people import Person
from tests.settlement.conftest import give_account, set_terms
from tests.settlement.test_fees import assign, plan_of

__all__ = ["order_of", "pay", "principal_of", "scheme"]
pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 19)  # on which the clock stands
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def books(
    acme: Person, pay: Callable[..., Payment], scheme: FakeScheme, clock: ManualClock
) -> Person:
    """A day with a sale, a refund and an adjustment, settled and closed; and a sale since."""
    with using_clock(ManualClock(clock.now() - timedelta(hours=1))):
        plan = plan_of(acme, starts_on=DAY)
        assign(acme, plan, DAY, at=clock.now())
        add_vat_rate(
            acme.acquirer, Rate(acme.merchant.country, Decimal(600), DAY), made_by="staff:ada"
        )
    give_account(acme)
    set_terms(acme, reserve_basis_points=500, reserve_days=30)
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    refund(acme, pay(merchant_reference="A"), 5000)
    given = Wanted(uuid4(), Money(700, "HKD"), livemode=False, reason="Charged twice.")
    adjust(StaffFactory(acquirer=acme.acquirer, role=Role.FINANCE), acme.merchant, given)
    clock.advance(timedelta(days=1).total_seconds())
    settle(acme.acquirer, DAY, livemode=False)
    with tenant_scope(acme.acquirer.id):
        assert close_books(MIDNIGHT) > 0
    scheme.will("pay", PAID)
    pay(merchant_reference="B")
    return acme


@contextmanager
def unguarded() -> Iterator[Any]:
    """The tables' owner, with every trigger and rule of the tables switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")
        for table in (
            "ledger_entry", "ledger_transaction", "ledger_account", "settlement_volume",
        ):  # fmt: skip
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE settlement_batch DROP CONSTRAINT batch_adds_up")
        cursor.execute("ALTER TABLE settlement_line DROP CONSTRAINT line_adds_up")
        yield cursor
        cursor.execute(f"SET ROLE {connection.ops.quote_name(configured.DATABASE_ROLE)}")


def found(person: Person) -> dict[str, int]:
    """How many faults each invariant finds."""
    check = check_books(person.acquirer)
    return {name: each["count"] for name, each in check.found()}


def test_sound_books_pass_every_check(books: Person) -> None:
    check = check_books(books.acquirer)

    assert check.faults == 0, check.found()
    assert list(check.findings) == [each.name for each in INVARIANTS]


# Rule, its fault, and the rules that the fault breaks as well.
PLANTED: list[tuple[str, str, set[str]]] = [
    (
        "balanced",
        """UPDATE ledger_entry SET amount_minor = -12051 WHERE id = (
            SELECT id FROM ledger_entry WHERE amount_minor = -12050 ORDER BY id LIMIT 1)""",
        {"payments", "closings", "lines", "owed"},
    ),
    (
        "fitting",
        """UPDATE ledger_entry SET merchant_id = NULL WHERE id = (
            SELECT id FROM ledger_entry WHERE amount_minor = -12050 ORDER BY id LIMIT 1)""",
        set(),
    ),
    (
        "payments",
        """UPDATE ledger_entry SET amount_minor = sign(amount_minor) * 12051
            WHERE transaction_id = (SELECT id FROM ledger_transaction
                                     WHERE kind = 'payment.succeeded' ORDER BY id DESC LIMIT 1)""",
        set(),
    ),
    (
        "payments",
        "UPDATE payments_payment SET status = 'failed' WHERE merchant_reference = 'B'",
        set(),
    ),
    (
        "payments",
        "UPDATE payments_payment SET status = 'canceled' WHERE merchant_reference = 'B'",
        set(),
    ),
    ("refunds", "UPDATE payments_refund SET amount_minor = 4999", set()),
    ("refunds", "UPDATE payments_refund SET status = 'failed'", set()),
    (
        "promotions",
        "UPDATE payments_payment SET reduction_minor = 1, reduction_borne_minor = 1",
        set(),
    ),
    ("adjustments", "UPDATE settlement_adjustment SET amount_minor = 701", set()),
    (
        "causes",
        """INSERT INTO ledger_transaction
                  (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
           SELECT gen_random_uuid(), acquirer_id, merchant_id, 'payment.succeeded', 'payment',
                  gen_random_uuid(), created_at
             FROM ledger_transaction LIMIT 1""",
        set(),
    ),
    (
        "closings",
        """UPDATE ledger_closing SET balance_minor = balance_minor + 1
            WHERE id = (SELECT id FROM ledger_closing LIMIT 1)""",
        set(),
    ),
    ("batches", "UPDATE settlement_batch SET sales_minor = sales_minor + 1", {"volumes"}),
    ("batches", "UPDATE settlement_batch SET opening_minor = opening_minor + 1", set()),
    ("batches", "UPDATE settlement_line SET fee_minor = -100 WHERE kind = 'payment'", {"rule"}),
    (
        "fees",
        "UPDATE settlement_line SET fee_version_id = gen_random_uuid() WHERE kind = 'payment'",
        {"rule"},
    ),
    ("fees", "UPDATE settlement_line SET vat_rate_id = NULL WHERE kind = 'refund'", set()),
    (
        "returned",
        "UPDATE settlement_line SET fee_minor = 153 WHERE kind = 'refund'",
        {"batches", "rule"},
    ),
    (
        "income",
        """UPDATE settlement_batch SET fees_minor = fees_minor + 1, vat_minor = vat_minor - 1""",
        {"batches"},
    ),
    ("volumes", "UPDATE settlement_volume SET sales_minor = sales_minor + 1", set()),
    (
        "carried",
        """UPDATE settlement_batch SET closing_minor = closing_minor + 1,
                                       opening_minor = opening_minor + 1""",
        set(),
    ),
    (
        "lines",
        "UPDATE settlement_line SET gross_minor = gross_minor + 1 WHERE kind = 'payment'",
        {"batches"},
    ),
    (
        "lines",
        "UPDATE settlement_line SET entry_id = gen_random_uuid() WHERE kind = 'adjustment'",
        {"owed"},
    ),
    ("owed", "DELETE FROM settlement_line WHERE kind = 'refund'", {"batches"}),
    ("payouts", "UPDATE settlement_payout SET status = 'booked'", set()),
    ("payouts", "UPDATE settlement_payout SET amount_minor = amount_minor + 1", set()),
    (
        "reserves",
        "UPDATE settlement_reserve SET amount_minor = amount_minor + 1",
        set(),
    ),
    (
        "causes",
        """INSERT INTO ledger_transaction
                  (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
           SELECT gen_random_uuid(), acquirer_id, merchant_id, 'scheme_file.settled',
                  'scheme_file', gen_random_uuid(), created_at
             FROM ledger_transaction LIMIT 1""",
        set(),
    ),
]


@pytest.mark.parametrize(
    ("name", "plant", "others"), PLANTED, ids=[f"{row[0]}-{at}" for at, row in enumerate(PLANTED)]
)
def test_a_planted_fault_is_found(books: Person, name: str, plant: str, others: set[str]) -> None:
    with unguarded() as owner:
        owner.execute(plant)
        assert owner.rowcount >= 1

    faults = found(books)

    assert faults[name] >= 1
    assert set(faults) - {name} == others


def test_a_finding_names_the_thing_and_what_is_wrong_with_it(books: Person) -> None:
    with unguarded() as owner:
        owner.execute("UPDATE payments_payment SET status = 'failed' WHERE merchant_reference='B'")
    with tenant_scope(books.acquirer.id):
        payment = Payment.objects.get(merchant_reference="B")

    check = check_books(books.acquirer)

    assert check.findings["payments"] == {
        "count": 1,
        "first": [f"{payment.public_id}: failed, booked 12050, taken back 0"],
    }


def test_anothers_faults_are_not_ours(books: Person, outsider: Person) -> None:
    with unguarded() as owner:
        owner.execute("UPDATE payments_payment SET status = 'failed'")

    assert found(outsider) == {}
    assert found(books) == {"payments": 2}
    with tenant_scope(outsider.acquirer.id):
        assert [row.faults for row in BooksCheck.objects.all()] == [0]


def test_each_acquirer_is_checked_once_a_day(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    assert check_due_books() == 2
    clock.advance(timedelta(hours=19).total_seconds())
    assert check_due_books() == 0
    clock.advance(timedelta(hours=2).total_seconds())
    assert check_due_books() == 2
    with platform_scope():
        assert BooksCheck.objects.count() == 4


def test_the_command_says_what_it_found_and_fails(books: Person, outsider: Person) -> None:
    out, progress = StringIO(), StringIO()
    call_command("check_books", stdout=out, stderr=progress)
    assert "faults: 0" in out.getvalue()
    assert "acquirers: 2" in out.getvalue()
    assert f"{books.acquirer.slug}: 1 of {len(INVARIANTS)}, balanced" in progress.getvalue()

    with unguarded() as owner:
        owner.execute("UPDATE payments_payment SET status = 'failed'")
    with pytest.raises(CommandError, match="2 faults"):
        call_command("check_books", acquirer=books.acquirer.slug, stdout=out, stderr=progress)
    assert "payments: 2" in progress.getvalue()


def test_the_overview_and_the_figures_say_so(books: Person, settings: Settings) -> None:
    settings.METRICS_TOKEN = "metrics-of-tests"
    client = Client()
    staff = StaffFactory(acquirer=books.acquirer, role=Role.OWNER)
    client.force_login(staff, "tenancy.authentication.PasswordBackend")

    def shown() -> tuple[str, str]:
        cards = client.get("/admin/?mode=test").context["open_now"]
        [card] = [card for card in cards if card.title == "Faults in the books"]
        return card.value, card.tone

    def figure() -> str:
        answer = Client().get("/metrics", headers={"Authorization": "Bearer metrics-of-tests"})
        lines = answer.content.decode().splitlines()
        return next(line for line in lines if line.startswith("tillgate_books_faults{"))

    check_books(books.acquirer)
    assert shown() == ("0", "good")
    assert figure().endswith(" 0.0")
    with unguarded() as owner:
        owner.execute("UPDATE payments_payment SET status = 'failed'")
    check = check_books(books.acquirer)
    assert shown() == ("2", "bad")
    assert figure() == f'tillgate_books_faults{{acquirer="{books.acquirer.slug}"}} 2.0'
    page = client.get(f"/admin/settlement/bookscheck/{check.pk}/change/").content.decode()
    assert "2 faults" in page
    assert "failed, booked 12050" in page
    support = StaffFactory(acquirer=books.acquirer, role=Role.SUPPORT)
    client.force_login(support, "tenancy.authentication.PasswordBackend")
    assert client.get("/admin/settlement/bookscheck/").status_code == 403


def test_every_cause_of_a_posting_has_a_table_to_be_looked_for_in() -> None:
    assert set(_TABLES) == set(PREFIXES)
