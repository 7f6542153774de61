"""Two at once, on connections of their own: a file is loaded once, money is approved, sent, paid
and explained once."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import pytest
from pytest_django.fixtures import Settings

from kernel.errors import Conflict
from ledger.models import Transaction
from proposals.models import Proposal
from proposals.services.decide import approve
from settlement.models import (
    BankEntry,
    BankFile,
    PaidSettlement,
    PaymentFile,
    PayoutTransition,
    SchemeFile,
    SchemeRow,
)
from settlement.services.explain_entry import Said, explain
from settlement.services.payment_files import make_payment_file, send_payment_file
from settlement.services.reconcile import reconcile
from settlement.services.settle import settle
from settlement.services.take_bank_file import take_bank_file
from settlement.services.take_file import take_file
from settlement.state import Explanation, Way
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.people import make_person
from tests.racing import at_once
from tests.settlement.conftest import DAY as SOLD_ON
from tests.settlement.conftest import Earn, give_account
from tests.settlement.payouts.conftest import FRIDAY, open_account, sheet, staff_of
from tests.settlement.reconcile.conftest import SETTLED, Books
from tests.storing import keep_in

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


@pytest.fixture(autouse=True)
def _bank_folder(tmp_path: Path, settings: Settings) -> None:
    keep_in(tmp_path / "bank", settings)


def said_at_once(works: list[Callable[[], T]]) -> list[T | str]:
    """What each answers when all begin together; a conflict is told by its code."""

    def run(number: int) -> T | str:
        try:
            return works[number]()
        except Conflict as refusal:
            return refusal.code

    return at_once(len(works), run)


def test_workers_that_take_the_same_file_load_it_once() -> None:
    books = Books(make_person())
    account, acquirer_id = books.person.partner_account, books.person.acquirer.id
    name, content = books.transaction_file(
        *(books.row(books.pay(1_000 + each)) for each in range(50))
    )

    def take() -> str:
        with tenant_scope(acquirer_id):
            row = take_file(account, name, BytesIO(content), source="sftp", actor="worker")
            return f"{row.public_id} {row.state} {row.row_count}"

    taken = said_at_once([take] * 4)

    assert len(set(taken)) == 1
    assert str(taken[0]).endswith(" loaded 50")
    other = content.replace(b"|10.00|", b"|10.01|", 1)

    def correct() -> str:
        with tenant_scope(acquirer_id):
            row = take_file(account, name, BytesIO(other), source="sftp", actor="worker")
            return f"{row.public_id} {row.state} {row.row_count}"

    corrected = said_at_once([correct] * 4)

    assert len(set(corrected)) == 1
    with tenant_scope(acquirer_id):
        states = list(SchemeFile.objects.values_list("state", "row_count"))
        assert sorted(states) == [("loaded", 50), ("superseded", 50)]
        assert SchemeRow.objects.count() == 100


def test_workers_that_take_the_same_file_of_the_bank_load_it_once() -> None:
    person, other = make_person(), make_person()
    for each in (person, other):
        open_account(each)
    content = sheet(*((100 + each, "", f"x{each}") for each in range(50)))

    def take() -> str:
        row = take_bank_file(person.acquirer, "b.csv", content, actor="worker")
        return f"{row.public_id} {row.state} {row.refused_because}"

    taken = said_at_once([take] * 4)

    assert len(set(taken)) == 1
    assert str(taken[0]).endswith(" loaded ")
    with platform_scope():
        assert list(BankFile.objects.values_list("state", "acquirer")) == [
            ("loaded", person.acquirer.id)
        ]
        assert BankEntry.objects.count() == 50


def test_two_who_approve_and_two_who_send_do_it_once(earn: Earn) -> None:
    person = make_person()
    give_account(person)
    earn(person, 12_050)
    settle(person.acquirer, SOLD_ON, livemode=False)
    row = make_payment_file(staff_of(person), open_account(person), FRIDAY)
    owners = [staff_of(person, Role.OWNER) for _ in range(3)]
    with tenant_scope(person.acquirer.id):
        proposal = Proposal.objects.get(subject=row.public_id)

    def approves(number: int) -> Callable[[], str]:
        def work() -> str:
            with tenant_scope(person.acquirer.id):
                return approve(proposal.id, staff=owners[number]).proposal.status

        return work

    said = said_at_once([approves(number) for number in range(3)])

    assert sorted(said) == ["approved", "proposal_decided", "proposal_decided"]
    with tenant_scope(person.acquirer.id):
        row = PaymentFile.objects.get()
    assert (row.status, row.approved_by) == (
        "approved", f"staff:{owners[said.index('approved')].email}",
    )  # fmt: skip

    sent = said_at_once([lambda: send_payment_file(owners[0], row).status] * 3)

    assert sorted(sent) == ["payment_file_moved", "payment_file_moved", "sent"]
    with tenant_scope(person.acquirer.id):
        steps = list(PayoutTransition.objects.order_by("number").values_list("event", flat=True))
    assert steps == ["instructed", "sent"]


def test_runs_of_two_days_and_two_people_give_an_entry_one_meaning() -> None:
    books = Books(make_person())
    person = books.person
    open_account(person)
    content = sheet((700, "", "x"), (12_950, "", "both"))
    take_bank_file(person.acquirer, "b.csv", content, actor="ada")
    days = [SETTLED.replace(day=SETTLED.day - back) for back in (1, 0)]
    for day, minor in zip(days, (12_050, 900), strict=True):
        books.settlements(books.row(books.pay(minor), fee=0), day=day)
    with tenant_scope(person.acquirer.id):
        entry = BankEntry.objects.get(amount_minor=700)

    def compares(number: int) -> Callable[[], str]:
        def work() -> str:
            with tenant_scope(person.acquirer.id):
                return str(reconcile(person.partner_account, Way.BANK, days[number]).found)

        return work

    people = [staff_of(person) for _ in range(2)]
    works = [compares(0), compares(1)] + [
        lambda who=who: str(explain(who, entry, Said(Explanation.BANK_CHARGE, "advice")))  # type: ignore[misc]
        for who in people
    ]
    said = said_at_once(works)

    assert said[:2] == ["0", "0"]
    assert said[2:].count("entry_explained") == 1
    with platform_scope():
        posted = Transaction.objects.filter(kind="bank_entry.explained")
        assert posted.count() == 2
        assert PaidSettlement.objects.count() == 2
