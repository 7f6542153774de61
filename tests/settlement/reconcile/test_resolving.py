"""A break is somebody's work, and ends by hand, once, with a posting; above a limit by two."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from kernel.errors import Conflict, Forbidden, Rejected
from ledger.models import Entry, Transaction
from proposals.models import Proposal
from proposals.services.decide import approve
from settlement.models import Adjustment, Break, Note
from settlement.resolutions import ENDINGS, account_of, endings_of, lacking
from settlement.services.break_work import give, take_all, write_note
from settlement.services.check_books import check_books
from settlement.services.resolve_break import How, resolve
from settlement.state import BreakKind, Resolution, Way
from tenancy.models import AuditEntry, Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.settlement.reconcile.conftest import SETTLED, Books

pytestmark = pytest.mark.django_db
R = Resolution
BIG = 80_000_100  # HKD 800,001.00


@pytest.fixture
def finance(books: Books) -> Staff:
    return StaffFactory(role=Role.FINANCE, acquirer=books.person.acquirer)


def the_break(books: Books) -> Break:
    with tenant_scope(books.person.acquirer.id):
        return Break.objects.get(state="open")


def posted(books: Books) -> dict[str, int]:
    """What stands in each kind of account, posted for breaks and adjustments."""
    with tenant_scope(books.person.acquirer.id):
        rows = Entry.objects.select_related("account")
        found: dict[str, int] = {}
        for row in rows:
            name = f"{row.account.kind} {row.currency}"
            found[name] = found.get(name, 0) + row.amount_minor
    return {name: minor for name, minor in found.items() if minor}


# What the file says otherwise -> how it is ended -> what is in the books then.
ENDED: list[tuple[str, dict[str, Any], Resolution, dict[str, int]]] = [
    ("amount", {"amount": 12_000, "fee": 72}, R.WRITTEN_OFF,
     {"scheme_receivable HKD": -50, "adjustment HKD": 50}),
    ("amount", {"amount": 12_100, "fee": 73}, R.SUSPENSE,
     {"scheme_receivable HKD": 50, "suspense HKD": -50}),
    ("amount", {"amount": 12_000, "fee": 72}, R.PASSED_ON,
     {"scheme_receivable HKD": -50, "merchant_payable HKD": 50}),
    ("currency", {"currency": "USD"}, R.FX_DIFFERENCE,
     {"scheme_receivable HKD": -12_050, "fx_difference HKD": 12_050,
      "scheme_receivable USD": 12_050, "fx_difference USD": -12_050}),
    ("fee", {"fee": 75}, R.FEE_ACCEPTED, {}),  # its settlement file books it
    ("fee", {"fee": 75}, R.SUSPENSE, {"scheme_cost HKD": -3, "suspense HKD": 3}),
    ("missing_at_us", {"own_id": "EXTRA1"}, R.BOOKED,
     {"scheme_receivable HKD": 12_050, "merchant_payable HKD": -12_050}),
    ("missing_at_us", {"own_id": "EXTRA1", "kind": "REFUND"}, R.BOOKED,
     {"scheme_receivable HKD": -12_050, "merchant_payable HKD": 12_050}),
    ("merchant", {"merchant": "Somebody Else"}, R.EXPLAINED, {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "resolution", "books_say"), ENDED)
def test_each_resolution_posts_what_its_row_says(
    books: Books, finance: Staff, kind: str, changes: dict[str, Any], resolution: Resolution,
    books_say: dict[str, int],
) -> None:  # fmt: skip
    sale = books.pay(12_050)
    extra = [books.row(sale)] if "own_id" in changes else []
    books.transactions(books.row(sale, **changes), *extra)
    books.compare()
    row = the_break(books)
    assert row.kind == kind

    how = How(resolution, "seen with Alipay", books.person.merchant.id)
    ended = resolve(finance, row, how)

    assert isinstance(ended, Break)
    assert (ended.state, ended.resolution, ended.outcome) == ("resolved", resolution, how.reason)
    assert (ended.ended_by, ended.approved_by) == (f"staff:{finance.email}", "")
    assert posted(books) == books_say
    with tenant_scope(books.person.acquirer.id):
        transactions = Transaction.objects.filter(cause_type="reconciliation_break")
        assert {it.cause_id for it in transactions} <= {row.id}
        adjustments = Adjustment.objects.filter(business_date=row.business_date)
        assert adjustments.count() == ENDINGS[resolution].to_merchant
        trail = AuditEntry.objects.filter(table="settlement_break", row_id=str(row.pk))
        assert trail.filter(action="update").exists()
    books.compare()
    assert books.breaks() == []  # what a person ended stays so
    with pytest.raises(Conflict, match="resolved already"):
        resolve(finance, row, how)
    assert posted(books) == books_say
    faults = check_books(books.person.acquirer).findings
    assert {name: faults[name]["count"] for name in ("balanced", "fitting", "causes", "owed",
            "adjustments")} == dict.fromkeys(
        ("balanced", "fitting", "causes", "owed", "adjustments"), 0)  # fmt: skip


def test_what_is_lacking_follows_from_both_sides() -> None:
    def said(kind: BreakKind, about: str, ours: Any, theirs: Any, risk: int = 0) -> dict[str, int]:
        way = Way.BANK if about.startswith("NET") else Way.TRANSACTIONS
        return lacking(kind, about, ours, theirs, way=way, at_risk=risk, currency="HKD")

    hkd = {"currency": "HKD"}
    ours, theirs = {"amount": 100, "fee": 3} | hkd, {"amount": 130, "fee": 5} | hkd
    assert said(BreakKind.MISSING_AT_THEM, "PAYMENT x", ours, None) == {"HKD": -100}
    assert said(BreakKind.MISSING_AT_THEM, "REFUND x", ours, None) == {"HKD": 100}
    assert said(BreakKind.STATUS, "PAYMENT x", ours, theirs) == {"HKD": 130}
    assert said(BreakKind.STATUS, "CANCEL x", ours, theirs) == {"HKD": -130}
    assert said(BreakKind.AMOUNT, "R x", ours, theirs) == {"HKD": -30}
    assert said(BreakKind.FEE, "P x", ours, theirs) == {"HKD": -2}
    assert said(BreakKind.FEE, "R x", ours, theirs) == {"HKD": 2}
    assert said(BreakKind.DUPLICATE, "P x", None, {"times": 3}, 100) == {"HKD": 200}
    assert said(BreakKind.MERCHANT, "PAYMENT x", ours, theirs) == {}
    net = {"net": 97} | hkd
    assert said(BreakKind.AMOUNT, "NET HKD", net, {"amount": 90} | hkd) == {"HKD": -7}
    assert said(BreakKind.MISSING_AT_THEM, "NET HKD", net, None) == {"HKD": -97}
    assert account_of(BreakKind.AMOUNT, Way.BANK) == "scheme_clearing"
    assert account_of(BreakKind.FEE, Way.SETTLEMENT) == "scheme_cost"
    assert account_of(BreakKind.AMOUNT, Way.SETTLEMENT) == "scheme_receivable"


def test_every_kind_of_break_can_be_ended() -> None:
    for kind in BreakKind:
        for way in Way:
            assert R.EXPLAINED in endings_of(kind, way)
    at_the_bank = set(endings_of(BreakKind.AMOUNT, Way.BANK))
    assert at_the_bank == {
        R.BANK_CHARGE, R.FX_DIFFERENCE, R.WRITTEN_OFF, R.SUSPENSE, R.EXPLAINED,
    }  # fmt: skip
    assert R.BANK_CHARGE not in endings_of(BreakKind.AMOUNT, Way.TRANSACTIONS)
    assert set(ENDINGS) == set(Resolution)


def test_above_the_limit_a_second_person_ends_it(books: Books, finance: Staff) -> None:
    sale = books.pay(BIG)
    books.transactions(books.row(sale, amount=BIG * 2, fee=BIG * 12 // 1000))
    books.compare()
    row = the_break(books)

    proposal = resolve(finance, row, How(R.WRITTEN_OFF, "seen with Alipay"))

    assert isinstance(proposal, Proposal)
    assert proposal.after["to adjustment"] == "HKD -800001.00"
    assert (the_break(books).pk, posted(books)) == (row.pk, {})
    with tenant_scope(row.acquirer_id):
        with pytest.raises(Forbidden):
            approve(proposal.id, staff=finance)
        owner = StaffFactory(role=Role.OWNER, acquirer=books.person.acquirer)
        assert approve(proposal.id, staff=owner).proposal.status == "approved"
        ended = Break.objects.get(pk=row.pk)
    assert (ended.ended_by, ended.approved_by) == (f"staff:{finance.email}", f"staff:{owner.email}")
    assert posted(books) == {"scheme_receivable HKD": BIG, "adjustment HKD": -BIG}


def test_a_proposal_about_a_break_that_was_mended_meanwhile_is_stale(
    books: Books, finance: Staff
) -> None:
    sale = books.pay(BIG)
    books.transactions(books.row(sale, fee=1))
    books.compare()
    proposal = resolve(finance, the_break(books), How(R.FEE_ACCEPTED, "seen with Alipay"))
    assert isinstance(proposal, Proposal) is False  # a fee of little: nobody else is asked
    books.transactions(books.row(sale, amount=BIG * 2))
    books.compare()
    waiting = resolve(finance, the_break(books), How(R.SUSPENSE, "seen with Alipay"))
    assert isinstance(waiting, Proposal)
    before = posted(books)
    books.transactions(books.row(sale))
    books.compare()
    owner = StaffFactory(role=Role.OWNER, acquirer=books.person.acquirer)
    with tenant_scope(books.person.acquirer.id):
        decided = approve(waiting.id, staff=owner).proposal
    assert (decided.status, posted(books)) == ("refused", before)


def test_what_does_not_fit_is_refused_and_nothing_moves(
    books: Books, finance: Staff, outsider: Person
) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale), books.row(sale, own_id="EXTRA1"))
    books.compare()
    row = the_break(books)
    support = StaffFactory(role=Role.SUPPORT, acquirer=books.person.acquirer)
    foreign = How(R.BOOKED, "seen with Alipay", outsider.merchant.id)
    for how, field in (
        (How(R.FEE_ACCEPTED, "seen with Alipay"), "resolution"),
        (How(R.BOOKED, "seen with Alipay"), "merchant"),
        (foreign, "merchant"),
        (How(R.EXPLAINED, " "), "reason"),
    ):
        with pytest.raises(Rejected) as refused:
            resolve(finance, row, how)
        assert refused.value.errors[0].field == field
    with pytest.raises(Forbidden):
        resolve(support, row, How(R.EXPLAINED, "seen with Alipay"))
    assert (the_break(books).pk, posted(books)) == (row.pk, {})
    with tenant_scope(row.acquirer_id), pytest.raises(IntegrityError), transaction.atomic():
        Break.objects.filter(pk=row.pk).update(resolution="explained")


def test_a_break_is_somebodys_work_with_notes_that_nobody_changes(
    books: Books, finance: Staff, outsider: Person
) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale, fee=75))
    books.compare()
    row = the_break(books)
    support = StaffFactory(role=Role.SUPPORT, acquirer=books.person.acquirer)
    stranger = StaffFactory(role=Role.FINANCE, acquirer=outsider.acquirer)

    give(finance, row, finance)
    note = write_note(finance, row, " Alipay was called. ")

    assert (the_break(books).owner_id, note.text) == (finance.pk, "Alipay was called.")
    for person in (support, stranger):
        with pytest.raises(Rejected):
            give(finance, row, person)
    for work in (lambda: give(support, row, None), lambda: write_note(support, row, "hm")):
        with pytest.raises(Forbidden):
            work()
    with pytest.raises(Rejected):
        write_note(finance, row, "  ")
    with tenant_scope(row.acquirer_id), pytest.raises(DatabaseError), transaction.atomic():
        Note.objects.update(text="nothing happened")
    resolve(finance, row, How(R.FEE_ACCEPTED, "seen with Alipay"))
    with tenant_scope(row.acquirer_id):
        ended = Break.objects.get()
        assert take_all(finance, [ended]) == 0
    with pytest.raises(Conflict):
        give(finance, ended, None)


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    return client


def test_finance_works_on_breaks_in_the_console(
    books: Books, finance: Staff, outsider: Person
) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale, fee=75), books.row(sale, own_id="EXTRA1"))
    books.compare()
    theirs = Books(outsider)
    theirs.transactions(theirs.row(theirs.pay(500), fee=9))
    theirs.compare()
    with tenant_scope(books.person.acquirer.id):
        fee, extra = (Break.objects.get(kind=kind) for kind in ("fee", "missing_at_us"))
    with platform_scope():
        foreign = Break.objects.exclude(acquirer_id=books.person.acquirer.id).get()
    client, page = signed_in(finance), "/admin/settlement/break/"

    told = {"action": "take_them", "_selected_action": [str(fee.pk), str(foreign.pk)]}
    assert client.post(page, told, follow=True).status_code == 200
    listed = client.get(f"{page}?whose=mine&state=open&age=0-1").content.decode()
    assert (str(fee.pk) in listed, str(extra.pk) in listed) == (True, False)
    with platform_scope():
        foreign.refresh_from_db()
        assert foreign.owner_id is None
    shown = client.get(f"{page}{fee.pk}/change/").content.decode()
    assert ("act/fee_accepted/" in shown, "act/booked/" in shown) == (True, False)
    client.post(f"{page}{fee.pk}/act/note/", {"text": "They raised it."})
    client.post(f"{page}{fee.pk}/act/fee_accepted/", {"reason": "as of November"})
    shown = client.get(f"{page}{fee.pk}/change/").content.decode()
    for said in ("They raised it.", "as of November", "HKD 0.03"):
        assert said in shown
    wrong = client.post(f"{page}{extra.pk}/act/booked/", {"reason": "it is", "merchant": "me"})
    assert wrong.status_code == 400
    right = {"reason": "it is theirs", "merchant": books.person.merchant.public_id}
    assert client.post(f"{page}{extra.pk}/act/booked/", right).status_code == 302
    assert posted(books)["merchant_payable HKD"] == -12_050
    support = signed_in(StaffFactory(role=Role.SUPPORT, acquirer=books.person.acquirer))
    assert support.get(f"{page}{fee.pk}/act/note/").status_code == 403
    overview = client.get("/admin/?mode=test").content.decode()
    assert "Open breaks of reconciliation" in overview


def test_settlement_breaks_end_alike(books: Books, finance: Staff) -> None:
    sale = books.pay(12_050)
    books.transactions(books.row(sale))
    books.settlements(books.row(sale, amount=12_000, fee=72))

    books.compare(Way.SETTLEMENT, SETTLED)
    resolve(finance, the_break(books), How(R.WRITTEN_OFF, "seen with Alipay"))
    assert posted(books) == {"scheme_receivable HKD": -50, "adjustment HKD": 50}


def test_a_break_says_what_the_corrected_file_says_and_is_resolved_by_that(
    books: Books, finance: Staff, outsider: Person
) -> None:
    sale, theirs = books.pay(12_050), Books(outsider)
    theirs.transactions(theirs.row(theirs.pay(900), amount=899))
    theirs.compare()
    for amount, risk, opened in (
        (12_000, 50, 1),
        (11_000, 1_050, 0),
        (12_050, 0, 0),
        (9_000, 3_050, 1),
    ):
        books.transactions(books.row(sale, amount=amount, fee=72))
        done = books.compare()
        assert done.opened == opened
        assert [risk for _, _, risk in books.breaks()] == [risk] * bool(risk)
        assert books.compare().opened == 0

    row = the_break(books)
    with tenant_scope(books.person.acquirer.id):
        assert (row.theirs or {})["amount"] == 9_000
        assert row.file.state == "loaded"
    resolve(finance, row, How(R.WRITTEN_OFF, "the scheme's letter"))

    assert posted(books) == {"scheme_receivable HKD": -3_050, "adjustment HKD": 3_050}
    books.transactions(books.row(sale, amount=8_000, fee=72))
    books.compare()
    assert books.breaks() == []  # what a person has ended stays ended
    assert [risk for _, _, risk in theirs.breaks()] == [1]


def test_a_break_that_a_corrected_file_has_made_big_needs_a_second_person(
    books: Books, finance: Staff
) -> None:
    sale = books.pay(BIG)
    fee = books.row(sale)["fee"]
    for amount in (BIG - 1, 1):
        books.transactions(books.row(sale, amount=amount, fee=fee))
        books.compare()

    assert isinstance(resolve(finance, the_break(books), How(R.WRITTEN_OFF, "gone")), Proposal)
    assert posted(books) == {}
