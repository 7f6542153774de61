"""Credits of the right amount that pay something else: they are left to it, or to a person."""

from datetime import date, timedelta

import pytest

from settlement.models import BankEntry, PaidSettlement
from settlement.services.take_bank_file import take_bank_file
from tenancy.scope import tenant_scope
from tests.factories.merchants import PartnerAccountFactory
from tests.people import Person
from tests.settlement.payouts.conftest import Owe, open_account, owe
from tests.settlement.reconcile.conftest import SETTLED, Books
from tests.settlement.reconcile.test_bank import _bank_folder, bank, faults_of, standing
from tests.settlement.reconcile.test_bank_together import settle

__all__ = ["_bank_folder", "owe"]
pytestmark = pytest.mark.django_db
EVE = SETTLED - timedelta(days=1)
NET = 9_940  # of a sale of 100.00, less 0.6 %


@pytest.fixture
def books(acme: Person, outsider: Person) -> Books:
    open_account(acme)
    open_account(outsider)
    return Books(acme)


def entries_of(books: Books) -> list[tuple[int, str]]:
    with tenant_scope(books.person.acquirer.id):
        return list(BankEntry.objects.order_by("id").values_list("amount_minor", "meaning"))


def paid_days(books: Books) -> list[date]:
    with tenant_scope(books.person.acquirer.id):
        rows = PaidSettlement.objects.order_by("scheme_file__business_date")
        return list(rows.values_list("scheme_file__business_date", flat=True))


@pytest.mark.parametrize("form", ["%Y%m%d", "%Y-%m-%d"])
def test_a_credit_that_names_another_day_of_the_same_amount_pays_that_day(
    books: Books, outsider: Person, form: str
) -> None:
    theirs = Books(outsider)
    settle(theirs, 10_000, EVE)
    for day in (EVE, SETTLED):
        settle(books, 10_000, day)

    bank(books, (NET, "", f"ALIPAY {SETTLED:{form}}"))

    assert paid_days(books) == [SETTLED]
    bank(books, (NET, "", "whoever"), opening=100_000 + NET)
    assert paid_days(books) == [EVE, SETTLED]
    assert standing(books.person)["bank"] == 2 * NET
    assert "scheme_clearing" not in standing(books.person)
    assert (faults_of(books), paid_days(theirs)) == ({}, [])


def test_a_credit_that_names_another_partner_account_pays_nothing_of_this_one(
    books: Books,
) -> None:
    other = PartnerAccountFactory(acquirer=books.person.acquirer, livemode=True)
    settle(books, 10_000, SETTLED)

    bank(books, (NET, "", f"ALIPAY {other.partner_id} {SETTLED:%Y%m%d}"))

    assert entries_of(books) == [(NET, "unexplained")]
    assert (paid_days(books), standing(books.person)["scheme_clearing"]) == ([], NET)
    named = f"ALIPAY {other.partner_id} AND {books.person.partner_account.partner_id}"
    bank(books, (NET, "", named), opening=100_000 + NET)
    assert paid_days(books) == [SETTLED]


def statement(*entries: str, closing: str) -> bytes:
    """MT940 of the account, opening with 1,000.00."""
    return "\n".join(
        [
            ":20:S1", ":25:987654321", ":28C:1/1", ":60F:C261119HKD1000,00", *entries,
            f":62F:C261120HKD{closing}", "",
        ]
    ).encode()  # fmt: skip


def test_a_debit_that_the_bank_takes_back_is_no_settlement(books: Books) -> None:
    settle(books, 10_000, SETTLED)
    content = statement(
        ":61:2611201120RD99,40NTRFNONREF", ":86:standing order returned", closing="1099,40"
    )

    taken = take_bank_file(books.person.acquirer, "s.sta", content, actor="ada")

    assert (taken.state, entries_of(books)) == ("loaded", [(NET, "unexplained")])
    assert standing(books.person)["suspense"] == -NET
    assert standing(books.person)["scheme_clearing"] == NET


def test_a_credit_that_names_a_payout_is_no_settlement(books: Books, owe: Owe) -> None:
    payout = owe(books.person, NET)  # nobody has sent it
    settle(books, 10_000, SETTLED)

    bank(books, (NET, payout.public_id, "returned"))

    assert entries_of(books) == [(NET, "unexplained")]
    assert (paid_days(books), standing(books.person)["scheme_clearing"]) == ([], NET)
    with tenant_scope(books.person.acquirer.id):
        assert BankEntry.objects.get().why == f"it names {payout.public_id}, which is created"
