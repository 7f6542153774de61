"""One credit that pays several settlements, and what a person says of the rest."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import Conflict, Forbidden, Rejected
from ledger.models import Account, Entry
from ledger.selectors import get_balance
from proposals.models import Proposal
from proposals.services.decide import approve
from settlement.explanations import CAUSES
from settlement.models import Adjustment, BankEntry, Break, PaidSettlement, SchemeFile
from settlement.services.explain_entry import Said, explain
from settlement.services.reconcile_day import reconcile_day
from settlement.services.resolve_break import How, resolve
from settlement.state import Explanation, Resolution, Way
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.settlement.payouts.conftest import open_account, signed_in
from tests.settlement.reconcile.conftest import NOON, SETTLED, Books
from tests.settlement.reconcile.test_bank import (
    _bank_folder,
    bank,
    breaks_of,
    faults_of,
    standing,
)

__all__ = ["_bank_folder"]
pytestmark = pytest.mark.django_db
E = Explanation
BIG = 80_000_100  # HKD 800,001.00: above the limit


@pytest.fixture
def books(acme: Person, outsider: Person) -> Books:
    open_account(acme)
    open_account(outsider)
    return Books(acme)


@pytest.fixture
def finance(books: Books) -> Staff:
    person: Staff = StaffFactory(role=Role.FINANCE, acquirer=books.person.acquirer)
    return person


def noon_before(day: date) -> datetime:
    return NOON + (day - SETTLED)


def settle(books: Books, minor: int, day: date) -> int:
    """A settlement file of one sale, booked; its net."""
    books.settlements(books.row(books.pay(minor, at=noon_before(day))), day=day)
    books.compare(Way.BANK, day)
    return minor - (minor * 60 + 5000) // 10_000


def the_entry(books: Books, minor: int) -> BankEntry:
    with tenant_scope(books.person.acquirer.id):
        return BankEntry.objects.get(amount_minor=minor)


def parts_of(books: Books, minor: int) -> list[tuple[date, int]]:
    with tenant_scope(books.person.acquirer.id):
        rows = PaidSettlement.objects.filter(entry__amount_minor=minor)
        rows = rows.select_related("scheme_file").order_by("scheme_file__business_date")
        return [(row.scheme_file.business_date, row.amount_minor) for row in rows]


def test_one_credit_pays_the_settlements_that_add_up_to_it(books: Books, outsider: Person) -> None:
    days = [SETTLED - timedelta(days=back) for back in (2, 1, 0)]
    nets = [
        settle(books, minor, day) for minor, day in zip((12_050, 900, 70_000), days, strict=True)
    ]
    theirs = Books(outsider)
    settle(theirs, 900, SETTLED)

    bank(books, (nets[0] + nets[2], "", "ALIPAY"), (3, "", "interest"))

    assert parts_of(books, nets[0] + nets[2]) == [(days[0], nets[0]), (days[2], nets[2])]
    assert standing(books.person)["scheme_clearing"] == nets[1]
    assert standing(books.person)["suspense"] == -3
    assert faults_of(books) == {}
    # A corrected file of one of them: the part stays, and what differs is a break of it alone.
    books.settlements(books.row(books.pay(13_050, at=noon_before(days[0]))), day=days[0])
    with tenant_scope(books.person.acquirer.id):
        reconcile_day(books.person.partner_account, days[0])
        reconcile_day(books.person.partner_account, days[0])
    found = [row for row in breaks_of(books) if row[0] == "amount"]
    assert found == [("amount", "NET HKD", 994, "open")]
    assert faults_of(books) == {}
    with tenant_scope(outsider.acquirer.id):
        assert PaidSettlement.objects.count() == 0


@pytest.mark.parametrize(
    ("sold", "apart", "paid"),
    [
        ((100, 200, 300), 1, 300),  # 100 + 200, or 300 alone: the one that fits alone is meant
        ((100, 200, 150, 150), 1, 300),  # two sums fit: nobody guesses
        ((100, 200), 11, 300),  # too far apart
    ],
)
def test_what_more_than_one_choice_fits_is_left_to_a_person(
    books: Books, sold: tuple[int, ...], apart: int, paid: int
) -> None:
    for number, minor in enumerate(reversed(sold)):
        day = SETTLED - timedelta(days=number * apart)
        row = books.row(books.pay(minor, at=noon_before(day)), fee=0)
        books.settlements(row, day=day)
        books.compare(Way.BANK, day)

    bank(books, (paid, "", "?"))

    assert len(parts_of(books, paid)) == (1 if paid in sold else 0)
    assert faults_of(books) == {}


EXPLAINED: list[tuple[Explanation, int, dict[str, int]]] = [
    (E.SCHEME_COST, -500, {"bank": -500, "scheme_cost": 500}),
    (E.BANK_CHARGE, -500, {"bank": -500, "bank_charge": 500}),
    (E.BANK_CHARGE, 500, {"bank": 500, "bank_charge": -500}),
    (E.FX_DIFFERENCE, 7, {"bank": 7, "fx_difference": -7}),
    (E.OWN_MONEY, 90_000, {"bank": 90_000, "own_money": -90_000}),
    (E.WRITTEN_OFF, -3, {"bank": -3, "adjustment": 3}),
    (E.MERCHANT, 1_200, {"bank": 1_200, "merchant_payable": -1_200}),
]


def everything(person: Person) -> dict[str, int]:
    """All accounts, of the acquirer and of its merchants, without those at zero."""
    found: dict[str, int] = {}
    with tenant_scope(person.acquirer.id):
        for account in Account.objects.all():
            found[account.kind] = found.get(account.kind, 0) + get_balance(account)
    return {kind: minor for kind, minor in found.items() if minor}


@pytest.mark.parametrize(("explanation", "minor", "books_say"), EXPLAINED)
def test_each_explanation_posts_what_its_row_says_once(
    books: Books, finance: Staff, explanation: Explanation, minor: int, books_say: dict[str, int]
) -> None:
    bank(books, (minor, "", "who knows"))
    row = the_entry(books, minor)
    said = Said(explanation, "the bank's advice", books.person.merchant.id)

    done = explain(finance, row, said)

    assert isinstance(done, BankEntry)
    assert (done.meaning, done.explanation, done.because) == (
        "explained", explanation, "the bank's advice",
    )  # fmt: skip
    assert (done.explained_by, done.approved_by) == (f"staff:{finance.email}", "")
    assert everything(books.person) == books_say
    with pytest.raises(Conflict, match="explained already"):
        explain(finance, row, said)
    assert everything(books.person) == books_say
    with tenant_scope(books.person.acquirer.id):
        assert Adjustment.objects.count() == CAUSES[explanation].of_merchant
        causes = set(Entry.objects.values_list("transaction__cause_type", flat=True))
        assert causes <= {"bank_entry", "adjustment"}
    assert faults_of(books) == {}


def test_a_person_says_which_settlements_an_entry_pays(books: Books, finance: Staff) -> None:
    days = [SETTLED - timedelta(days=1), SETTLED]
    nets = [settle(books, minor, day) for minor, day in zip((12_050, 900), days, strict=True)]
    short = sum(nets) - 40
    bank(books, (short, "", "lump"))
    with tenant_scope(books.person.acquirer.id):
        files = tuple(SchemeFile.objects.order_by("-business_date").values_list("id", flat=True))

    explain(finance, the_entry(books, short), Said(E.SETTLEMENT, "advice", files=files))

    assert parts_of(books, short) == [(days[0], nets[0]), (days[1], nets[1] - 40)]
    assert standing(books.person)["scheme_clearing"] == 40
    assert "suspense" not in standing(books.person)
    assert breaks_of(books) == [("amount", "NET HKD", 40, "open")]
    assert faults_of(books) == {}


def test_a_settlement_that_the_bank_split_is_paid_by_both_entries(
    books: Books, finance: Staff
) -> None:
    net = settle(books, 12_050, SETTLED)
    bank(books, (7_000, "", "first"), (net - 7_000, "", "rest"), (50, "", "more"))
    with tenant_scope(books.person.acquirer.id):
        said = Said(E.SETTLEMENT, "advice", files=(SchemeFile.objects.get().id,))

    explain(finance, the_entry(books, 7_000), said)

    assert breaks_of(books) == [("amount", "NET HKD", net - 7_000, "open")]
    explain(finance, the_entry(books, net - 7_000), said)
    assert breaks_of(books) == [("amount", "NET HKD", net - 7_000, "mended")]
    assert (parts_of(books, 7_000), parts_of(books, net - 7_000)) == (
        [(SETTLED, 7_000)], [(SETTLED, net - 7_000)],
    )  # fmt: skip
    before = standing(books.person)
    assert (before.get("scheme_clearing", 0), before["suspense"]) == (0, -50)
    with pytest.raises(Rejected):
        explain(finance, the_entry(books, 50), said)
    assert standing(books.person) == before
    assert faults_of(books) == {}


def test_what_is_lacking_and_was_written_off_waits_for_no_second_entry(
    books: Books, finance: Staff
) -> None:
    net = settle(books, 12_050, SETTLED)
    bank(books, (net - 30, "", "short"), (30, "", "late"))
    with tenant_scope(books.person.acquirer.id):
        said = Said(E.SETTLEMENT, "advice", files=(SchemeFile.objects.get().id,))
    explain(finance, the_entry(books, net - 30), said)
    with tenant_scope(books.person.acquirer.id):
        row = Break.objects.get(way=Way.BANK)
    resolve(finance, row, How(Resolution.BANK_CHARGE, "advice"))
    before = standing(books.person)

    with pytest.raises(Rejected):
        explain(finance, the_entry(books, 30), said)

    assert standing(books.person) == before
    assert faults_of(books) == {}


def test_above_the_limit_a_second_person_explains_it(books: Books, finance: Staff) -> None:
    bank(books, (BIG, "", "capital"))
    row = the_entry(books, BIG)

    proposal = explain(finance, row, Said(E.OWN_MONEY, "board minute 7"))

    assert isinstance(proposal, Proposal)
    assert proposal.after["to own_money"] == "HKD -800001.00"
    assert everything(books.person) == {"bank": BIG, "suspense": -BIG}
    owner: Staff = StaffFactory(role=Role.OWNER, acquirer=books.person.acquirer)
    with tenant_scope(row.acquirer_id):
        with pytest.raises(Forbidden):
            approve(proposal.id, staff=finance)
        assert approve(proposal.id, staff=owner).proposal.status == "approved"
    done = the_entry(books, BIG)
    assert (done.explained_by, done.approved_by) == (
        f"staff:{finance.email}", f"staff:{owner.email}",
    )  # fmt: skip
    assert everything(books.person) == {"bank": BIG, "own_money": -BIG}


def test_what_does_not_fit_is_refused_and_nothing_moves(
    books: Books, finance: Staff, outsider: Person
) -> None:
    settle(books, 12_050, SETTLED)
    theirs = Books(outsider)
    settle(theirs, 900, SETTLED)
    bank(books, (500, "", "who knows"))
    row, before = the_entry(books, 500), everything(books.person)
    with tenant_scope(outsider.acquirer.id):
        foreign = SchemeFile.objects.get().id
    wrong: list[tuple[Said, str]] = [
        (Said(E.MERCHANT, "theirs"), "merchant"),
        (Said(E.MERCHANT, "theirs", outsider.merchant.id), "merchant"),
        (Said(E.SETTLEMENT, "that day"), "files"),
        (Said(E.SETTLEMENT, "that day", files=(foreign,)), "files"),
        (Said(E.BANK_CHARGE, " "), "reason"),
    ]
    for said, field in wrong:
        with pytest.raises(Rejected) as refused:
            explain(finance, row, said)
        assert refused.value.errors[0].field == field
    support: Staff = StaffFactory(role=Role.SUPPORT, acquirer=books.person.acquirer)
    with pytest.raises(Forbidden):
        explain(support, row, Said(E.BANK_CHARGE, "advice"))
    with tenant_scope(row.acquirer_id), pytest.raises(IntegrityError), transaction.atomic():
        BankEntry.objects.filter(pk=row.pk).update(meaning="explained")
    assert everything(books.person) == before


def test_finance_explains_an_entry_in_the_console(books: Books, outsider: Person) -> None:
    bank(books, (-500, "", "quarterly charge"))
    bank(Books(outsider), (-700, "", "not yours"))
    row = the_entry(books, -500)
    with platform_scope():
        foreign = BankEntry.objects.get(amount_minor=-700)
    client, page = signed_in(books.person, Role.FINANCE), "/admin/settlement/bankentry/"

    shown = client.get(f"{page}{row.pk}/change/").content.decode()
    assert "act/bank_charge/" in shown
    assert client.get(f"{page}{foreign.pk}/act/bank_charge/").status_code in (302, 404)
    wrong = client.post(f"{page}{row.pk}/act/settlement/", {"reason": "it is", "pays": "me"})
    assert wrong.status_code == 400
    done = client.post(f"{page}{row.pk}/act/bank_charge/", {"reason": "advice of today"})
    assert done.status_code == 302
    shown = client.get(f"{page}{row.pk}/change/").content.decode()
    for said in ("advice of today", "bank_charge", "HKD 5.00"):
        assert said in shown
    assert "act/bank_charge/" not in shown
    support = signed_in(books.person, Role.SUPPORT)
    assert support.post(f"{page}{row.pk}/act/bank_charge/", {"reason": "hm"}).status_code == 403
