"""One settlement that the bank pays in several credits: by itself where only one choice fits."""

from datetime import date, timedelta

import pytest

from settlement.matching.sums import PARTS_ENTRIES, TOO_MANY, UNSURE
from settlement.models import BankEntry, PaidSettlement, SchemeFile
from settlement.services.explain_entry import Said, explain
from settlement.services.take_bank_file import take_bank_file
from settlement.state import Explanation, Way
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.people import Person
from tests.settlement.payouts.conftest import sheet, signed_in
from tests.settlement.reconcile.conftest import SETTLED, Books
from tests.settlement.reconcile.test_bank import (
    _bank_folder,
    bank,
    breaks_of,
    faults_of,
    standing,
)
from tests.settlement.reconcile.test_bank_together import books, finance, noon_before, the_entry

__all__ = ["_bank_folder", "books", "finance"]
pytestmark = pytest.mark.django_db
BEFORE = SETTLED - timedelta(days=1)


def settle(books: Books, net: int, day: date = SETTLED) -> None:
    """A settlement file of one sale without a fee, booked."""
    books.settlements(books.row(books.pay(net, at=noon_before(day)), fee=0), day=day)
    books.compare(Way.BANK, day)


def parts_of(books: Books) -> dict[date, list[tuple[int, int]]]:
    """By the settlement's day: each part's number and amount."""
    found: dict[date, list[tuple[int, int]]] = {}
    with tenant_scope(books.person.acquirer.id):
        rows = PaidSettlement.objects.select_related("scheme_file").order_by("part")
        for row in rows:
            paid = found.setdefault(row.scheme_file.business_date, [])
            paid.append((row.part, row.amount_minor))
    return found


def why(books: Books) -> dict[int, str]:
    with tenant_scope(books.person.acquirer.id):
        rows = BankEntry.objects.filter(meaning="unexplained")
        return dict(rows.values_list("amount_minor", "why"))


@pytest.mark.parametrize("text", ["ALIPAY", "2088000000000001 of today", "batch 7/19"])
def test_credits_of_one_origin_pay_the_settlement_that_only_they_add_up_to(
    books: Books, outsider: Person, text: str
) -> None:
    text = text.replace("2088000000000001", books.person.partner_account.partner_id)
    settle(books, 10_000)
    settle(Books(outsider), 10_000)

    bank(books, (6_000, "", text), (3_999, "", text), (4_000, "", text), (17, "", text))

    assert {day: sorted(minor for _, minor in found) for day, found in parts_of(books).items()} == {
        SETTLED: [4_000, 6_000]
    }
    assert [number for number, _ in parts_of(books)[SETTLED]] == [1, 2]
    assert "scheme_clearing" not in standing(books.person)
    assert why(books) == {3_999: "", 17: ""}
    assert breaks_of(books) == []
    before = standing(books.person)
    assert books.compare(Way.BANK, SETTLED).found == 0
    assert (standing(books.person), faults_of(books)) == (before, {})
    with tenant_scope(outsider.acquirer.id):
        assert PaidSettlement.objects.count() == 0


def test_parts_that_name_the_day_are_found_as_they_come(books: Books) -> None:
    settle(books, 10_000)
    text = f"ALIPAY {SETTLED:%Y%m%d}"
    bank(books, (6_000, "", f"{text} 1/2"))
    assert breaks_of(books) == [("amount", "NET HKD", 4_000, "open")]

    bank(books, (4_000, "", f"{text} 2/2"), opening=106_000)

    assert breaks_of(books) == [("amount", "NET HKD", 4_000, "mended")]
    assert parts_of(books) == {SETTLED: [(1, 6_000), (2, 4_000)]}
    assert "scheme_clearing" not in standing(books.person)
    assert faults_of(books) == {}


@pytest.mark.parametrize(
    ("came", "said"),
    [
        ((6_000, 4_000, 3_000, 1_000), {4_000: UNSURE, 3_000: UNSURE, 1_000: UNSURE}),
        ((5_000, 2_500, 2_500, 2_500), {2_500: UNSURE}),
    ],
)
@pytest.mark.usefixtures("ids")  # those of one moment are numbered as they came
def test_what_more_than_one_choice_adds_up_to_is_left_to_a_person_and_says_so(
    books: Books, finance: Staff, came: tuple[int, ...], said: dict[int, str]
) -> None:
    settle(books, 10_000)
    bank(books, *((minor, "", "ALIPAY") for minor in came))

    assert parts_of(books) == {}
    assert why(books) == said | {came[0]: UNSURE}
    assert standing(books.person)["scheme_clearing"] == 10_000
    with tenant_scope(books.person.acquirer.id):
        file = SchemeFile.objects.get()
        first, second = (BankEntry.objects.filter(amount_minor=minor)[0] for minor in came[:2])
    page = signed_in(books.person, Role.FINANCE).get(
        f"/admin/settlement/bankentry/{first.pk}/change/"
    )
    assert UNSURE in page.content.decode()

    # A person says of one what it is: what is left is sure.
    explain(finance, first, Said(Explanation.SETTLEMENT, "advice", files=(file.id,)))
    if came[1] == 4_000:
        explain(finance, second, Said(Explanation.OWN_MONEY, "ours"))
        books.compare(Way.BANK, SETTLED)
        assert parts_of(books) == {SETTLED: [(1, 6_000), (2, 3_000), (3, 1_000)]}
        assert why(books) == {}
    assert the_entry(books, came[0]).why == ""
    assert faults_of(books) == {}


def test_entries_that_pay_settlements_of_their_own_are_no_parts_of_another(books: Books) -> None:
    for minor, day in ((300, SETTLED), (100, BEFORE), (200, SETTLED - timedelta(days=2))):
        settle(books, minor, day)
    bank(books, (100, "", "ALIPAY"), (200, "", "ALIPAY"))
    assert parts_of(books) == {BEFORE: [(1, 100)], SETTLED - timedelta(days=2): [(1, 200)]}
    assert standing(books.person)["scheme_clearing"] == 300


@pytest.mark.parametrize("other", [10_000, 11_000])
def test_entries_that_two_settlements_may_want_are_left_to_a_person(
    books: Books, other: int
) -> None:
    """10,000 is 6,000 and 4,000; 11,000 would be 6,000 and 5,000."""
    settle(books, 10_000)
    settle(books, other, BEFORE)
    bank(books, (6_000, "", "ALIPAY"), (4_000, "", "ALIPAY"), (5_000, "", "ALIPAY"))
    assert parts_of(books) == {}
    assert {minor for minor, said in why(books).items() if said == UNSURE} >= {6_000, 4_000}


def test_credits_of_other_origins_or_days_or_too_many_pay_nothing(books: Books) -> None:
    settle(books, 10_000)
    bank(books, (6_000, "", "rent"), (4_000, "", "ALIPAY"))
    late = sheet((6_000, "", "ALIPAY"), opening=110_000).replace(b"2026-11-20", b"2026-11-25")
    take_bank_file(books.person.acquirer, "b.csv", late, actor="ada")
    assert parts_of(books) == {}
    assert set(why(books).values()) == {""}

    some = [(101 + number, "", "ALIPAY") for number in range(PARTS_ENTRIES)]
    bank(books, *some, opening=116_000)
    assert parts_of(books) == {}
    assert why(books) == {6_000: "", 4_000: TOO_MANY} | {minor: TOO_MANY for minor, *_ in some}
    assert faults_of(books) == {}


def test_a_debit_is_paid_in_parts_alike(books: Books) -> None:
    refund = books.refund(books.pay(10_000), 10_000)
    books.settlements(books.row(refund, fee=0))
    books.compare(Way.BANK, SETTLED)
    bank(books, (-6_000, "", "ALIPAY"), (-4_000, "", "ALIPAY"), (10_000, "", "ALIPAY"))
    assert sorted(minor for _, minor in parts_of(books)[SETTLED]) == [-6_000, -4_000]
    assert "scheme_clearing" not in standing(books.person)


def test_the_page_of_an_entry_says_which_part_it_is(books: Books) -> None:
    settle(books, 10_000)
    bank(books, (6_000, "", "ALIPAY"), (4_000, "", "ALIPAY"))
    row = the_entry(books, 4_000)
    page = signed_in(books.person, Role.FINANCE).get(
        f"/admin/settlement/bankentry/{row.pk}/change/"
    )
    [part] = [number for number, minor in parts_of(books)[SETTLED] if minor == 4_000]
    assert f"HKD 40.00 part {part} of 2" in page.content.decode()
