"""The settlement file against the bank: booked once, paid by one entry, missing or short."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from kernel.errors import Rejected
from ledger.models import Account, Transaction
from ledger.selectors import get_balance
from settlement.models import BankEntry, BankFile, Break
from settlement.services.check_books import check_books
from settlement.services.resolve_break import How, resolve
from settlement.services.take_bank_file import take_bank_file
from settlement.state import Resolution, Way
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.settlement.payouts.conftest import open_account, sheet
from tests.settlement.reconcile.conftest import SETTLED, Books
from tests.storing import keep_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bank_folder(tmp_path: Path, settings: Settings) -> None:
    keep_in(tmp_path / "bank", settings)


def standing(person: Person) -> dict[str, int]:
    """The acquirer's own accounts, without those at zero."""
    with tenant_scope(person.acquirer.id):
        accounts = Account.objects.filter(merchant_id=None)
        found = {account.kind: get_balance(account) for account in accounts}
    return {kind: minor for kind, minor in found.items() if minor}


def bank(books: Books, *entries: tuple[int, str, str], **said: Any) -> BankFile:
    taken = take_bank_file(books.person.acquirer, "b.csv", sheet(*entries, **said), actor="ada")
    assert taken.refused_because == ""
    return taken


def breaks_of(books: Books) -> list[tuple[str, str, int, str]]:
    with tenant_scope(books.person.acquirer.id):
        rows = Break.objects.filter(way=Way.BANK).order_by("id")
        return [(row.kind, row.about, row.amount_at_risk, row.state) for row in rows]


def faults_of(books: Books) -> dict[str, int]:
    """What the nightly check finds; these payments were made without their postings."""
    found = check_books(books.person.acquirer).found()
    return {name: each["count"] for name, each in found if name not in {"payments", "refunds"}}


def settled(books: Books) -> int:
    """A settlement file of 12,050 and 900 less a refund of 100, each less 0.6 %; its net."""
    sale, other = books.row(books.pay(12_050)), books.row(books.pay(900))
    refund = books.row(books.refund(books.pay(900), 100))
    books.settlements(sale, other, refund)
    return 12_850 - 72 - 5 + 1


def test_a_settlement_is_booked_once_and_the_credit_of_its_amount_pays_it(
    books: Books, outsider: Person
) -> None:
    open_account(books.person)
    open_account(outsider)
    net = settled(books)
    books.compare(Way.BANK, SETTLED)
    assert standing(books.person) == {
        "scheme_clearing": net, "scheme_cost": 12_850 - net, "scheme_receivable": -12_850,
    }  # fmt: skip

    bank(books, (net, "", "whoever"), (7, "", "interest"))

    books.compare(Way.BANK, SETTLED)  # again: nothing changes
    assert standing(books.person) == {
        "scheme_cost": 12_850 - net, "scheme_receivable": -12_850, "bank": net + 7, "suspense": -7,
    }  # fmt: skip
    assert breaks_of(books) == []
    with tenant_scope(books.person.acquirer.id):
        entry = BankEntry.objects.get(amount_minor=net)
        [part] = entry.settlements.all()
        assert (entry.meaning, part.scheme_file.business_date) == ("scheme_settlement", SETTLED)
        assert Transaction.objects.filter(cause_type="scheme_file").count() == 1
    assert faults_of(books) == {}


def test_what_names_the_day_and_is_short_is_a_break_until_it_is_right(books: Books) -> None:
    open_account(books.person)
    net = settled(books)
    books.compare(Way.BANK, SETTLED)

    bank(books, (net - 30, "", f"ALIPAY {SETTLED:%Y%m%d} less charges"))

    assert breaks_of(books) == [("amount", "NET HKD", 30, "open")]
    assert standing(books.person)["scheme_clearing"] == 30
    before = standing(books.person)
    with tenant_scope(books.person.acquirer.id):
        row = Break.objects.get(way=Way.BANK)
    finance: Staff = StaffFactory(role=Role.FINANCE, acquirer=books.person.acquirer)
    with pytest.raises(Rejected):
        resolve(finance, row, How(Resolution.PASSED_ON, "theirs", books.person.merchant.id))
    assert standing(books.person) == before

    resolve(finance, row, How(Resolution.BANK_CHARGE, "advice of the 20th"))

    assert standing(books.person) == {
        "scheme_receivable": -12_850, "scheme_cost": 12_850 - net, "bank": net - 30,
        "bank_charge": 30,
    }  # fmt: skip
    books.compare(Way.BANK, SETTLED)
    assert breaks_of(books) == [("amount", "NET HKD", 30, "resolved")]
    assert faults_of(books) == {}


def test_what_was_written_off_waits_for_no_money_any_more(books: Books) -> None:
    open_account(books.person)
    net = settled(books)
    late = sheet((6, "", "x")).replace(b"2026-11-20", b"2026-11-25")
    take_bank_file(books.person.acquirer, "b.csv", late, actor="ada")
    with tenant_scope(books.person.acquirer.id):
        row = Break.objects.get(way=Way.BANK)
    finance: Staff = StaffFactory(role=Role.FINANCE, acquirer=books.person.acquirer)
    resolve(finance, row, How(Resolution.WRITTEN_OFF, "never came"))
    assert standing(books.person)["adjustment"] == net

    bank(books, (net, "", "at last"), opening=100_006)

    # The money is not booked as if it were still owed: a person says what it is.
    assert standing(books.person) == {
        "scheme_receivable": -12_850, "scheme_cost": 12_850 - net, "adjustment": net,
        "bank": net + 6, "suspense": -net - 6,
    }  # fmt: skip
    assert breaks_of(books) == [("missing_at_them", "NET HKD", net, "resolved")]


def test_what_has_not_come_is_missing_once_the_statements_reach_beyond_its_days(
    books: Books,
) -> None:
    open_account(books.person)
    net = settled(books)
    bank(books, (5, "", "too early"))  # the 20th: it may come yet
    assert breaks_of(books) == []

    late = sheet((6, "", "x"), opening=100_005).replace(b"2026-11-20", b"2026-11-25")
    take_bank_file(books.person.acquirer, "b.csv", late, actor="ada")
    assert breaks_of(books) == [("missing_at_them", "NET HKD", net, "open")]

    # It comes after all, valued within its days: the two agree, and the break is mended.
    bank(books, (net, "", "at last"), opening=100_011)
    assert breaks_of(books) == [("missing_at_them", "NET HKD", net, "mended")]


def test_a_credit_of_another_day_or_amount_pays_nothing(books: Books) -> None:
    open_account(books.person)
    net = settled(books)
    far = sheet((net, "", "x")).replace(b"2026-11-20", b"2026-12-20")

    take_bank_file(books.person.acquirer, "b.csv", far, actor="ada")
    bank(books, (net + 1, "", "x"), opening=100_000 + net)

    assert standing(books.person)["suspense"] == -(2 * net + 1)
    assert standing(books.person)["scheme_clearing"] == net


def test_a_file_that_supersedes_takes_the_first_one_back(books: Books) -> None:
    open_account(books.person)
    net = settled(books)
    books.compare(Way.BANK, SETTLED)
    bank(books, (net, "", "x"))

    books.settlements(books.row(books.pay(5_000)))
    books.compare(Way.BANK, SETTLED)

    assert standing(books.person) == {
        "scheme_receivable": -5_000, "scheme_cost": 30, "scheme_clearing": 4_970 - net, "bank": net,
    }  # fmt: skip
    assert breaks_of(books) == [("amount", "NET HKD", net - 4_970, "open")]
    assert faults_of(books) == {}
