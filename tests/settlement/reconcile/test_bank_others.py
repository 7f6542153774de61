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
from tests.settlement.reconcile.test_bank import _bank_folder, bank, breaks_of, faults_of, standing
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
        return sorted(BankEntry.objects.values_list("amount_minor", "meaning"))


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


def test_the_right_sum_pays_before_a_wrong_one_that_names_the_day(books: Books) -> None:
    settle(books, 10_000, SETTLED)

    bank(books, (500, "", f"ALIPAY {SETTLED:%Y%m%d} rebate"), (NET, "", "whoever"))

    assert entries_of(books) == [(500, "unexplained"), (NET, "scheme_settlement")]
    assert (breaks_of(books), standing(books.person)["suspense"]) == ([], -500)
    assert faults_of(books) == {}


def test_the_right_sum_that_another_day_waits_for_too_is_left_to_it(books: Books) -> None:
    for day in (EVE, SETTLED):
        settle(books, 10_000, day)

    bank(books, (NET - 30, "", f"ALIPAY {EVE:%Y%m%d} less charges"), (NET, "", "whoever"))

    assert paid_days(books) == [EVE, SETTLED]
    assert breaks_of(books) == [("amount", "NET HKD", 30, "open")]


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


CREDIT, BACK = ":61:2611201120C99,40NTRFNONREF//{}", ":61:2611201120RC99,40NTRFNONREF//{}"
NAMED = f":86:ALIPAY {SETTLED:%Y%m%d}"


def mt940(books: Books, *entries: str, opening: str = "1000,00", closing: str) -> None:
    text = statement(*entries, closing=closing).decode()
    text = text.replace("HKD1000,00", f"HKD{opening}").replace(":20:S1", f":20:{entries[0][-2:]}")
    taken = take_bank_file(books.person.acquirer, "s.sta", text.encode(), actor="ada")
    assert taken.refused_because == ""


@pytest.mark.parametrize("at_once", [True, False])
def test_a_settlement_whose_credit_the_bank_takes_back_waits_again(
    books: Books, outsider: Person, at_once: bool
) -> None:
    theirs = Books(outsider)
    settle(theirs, 10_000, SETTLED)
    bank(theirs, (NET, "", "ALIPAY"))
    settle(books, 10_000, EVE)
    bank(books, (NET, "", "whoever"))
    settle(books, 10_000, SETTLED)
    came, back = (CREDIT.format("B1"), NAMED), (BACK.format("B2"), NAMED)

    if at_once:
        mt940(books, *came, *back, opening="1099,40", closing="1099,40")
    else:
        mt940(books, *came, opening="1099,40", closing="1198,80")
        mt940(books, *back, opening="1198,80", closing="1099,40")

    assert breaks_of(books) == [("amount", "NET HKD", NET, "open")]
    assert standing(books.person)["scheme_clearing"] == NET
    assert standing(books.person)["bank"] == NET
    assert "suspense" not in standing(books.person)
    mt940(books, CREDIT.format("B3"), NAMED, opening="1099,40", closing="1198,80")
    assert breaks_of(books) == [("amount", "NET HKD", NET, "mended")]
    assert "scheme_clearing" not in standing(books.person)
    assert paid_days(books) == [EVE, SETTLED, SETTLED, SETTLED]
    assert (faults_of(books), breaks_of(theirs), paid_days(theirs)) == ({}, [], [SETTLED])


@pytest.mark.parametrize(
    ("text", "reference", "days"),
    [
        (":86:storno", "B1", [EVE, SETTLED, SETTLED]),  # it quotes the credit's own reference
        (":86:ALIPAY", "B9", [EVE, SETTLED]),  # of one of two days: nobody guesses
        (":86:storno", "B9", [EVE, SETTLED]),
    ],
)
def test_what_the_bank_takes_back_is_given_to_the_settlement_that_it_names_or_to_a_person(
    books: Books, text: str, reference: str, days: list[date]
) -> None:
    for day in (EVE, SETTLED):
        settle(books, 10_000, day)
    eve = f":86:ALIPAY {EVE:%Y%m%d}"
    mt940(
        books,
        *(CREDIT.format("A1"), eve, CREDIT.format("B1"), NAMED, BACK.format(reference), text),
        closing="1099,40",
    )

    assert paid_days(books) == days
    left = {"suspense": NET} if len(days) == 2 else {"scheme_clearing": NET}
    stands = standing(books.person)
    assert {
        name: stands[name] for name in stands if name in ("suspense", "scheme_clearing")
    } == left
    assert faults_of(books) == {}


def test_a_credit_that_names_a_payout_is_no_settlement(books: Books, owe: Owe) -> None:
    payout = owe(books.person, NET)  # nobody has sent it
    settle(books, 10_000, SETTLED)

    bank(books, (NET, payout.public_id, "returned"))

    assert entries_of(books) == [(NET, "unexplained")]
    assert (paid_days(books), standing(books.person)["scheme_clearing"]) == ([], NET)
    with tenant_scope(books.person.acquirer.id):
        assert BankEntry.objects.get().why == f"it names {payout.public_id}, which is created"
