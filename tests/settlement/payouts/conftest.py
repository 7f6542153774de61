"""Payouts that wait: a day was settled, and the acquirer has an account to pay from."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from kernel.clock import ManualClock
from merchants.services.bank_accounts import BankDetails
from proposals.models import Proposal
from proposals.services.decide import approve
from settlement.models import PayingAccount, PaymentFile, Payout
from settlement.services.paying_accounts import AccountWanted, propose_paying_account
from settlement.services.payment_files import make_payment_file, send_payment_file
from settlement.services.settle import settle
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person
from tests.settlement.conftest import DAY, Earn, give_account
from tests.storing import keep_in

THURSDAY = date(2026, 11, 19)
FRIDAY = date(2026, 11, 20)

Owe = Callable[..., Payout]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The storage, in a folder of the test's own."""
    return keep_in(tmp_path / "kept", settings)


HEADER = "account,currency,booked_on,value_on,amount,balance,bank_reference,end_to_end_id,text\r\n"


def sheet(
    *entries: tuple[int, str, str], opening: int = 100_000, account: str = "987654321"
) -> bytes:
    """A statement in HKD: amounts in cents, an end-to-end id, a text."""
    rows, balance = [HEADER], opening
    for minor, end_to_end, text in entries:
        balance += minor
        amounts = f"{minor / 100:.2f},{balance / 100:.2f}"
        rows.append(f"{account},HKD,2026-11-20,,{amounts},B,{end_to_end},{text}\r\n")
    return "".join(rows).encode()


def staff_of(person: Person, role: Role = Role.FINANCE) -> Staff:
    staff: Staff = StaffFactory(acquirer=person.acquirer, role=role)
    return staff


def open_account(person: Person, *, livemode: bool = False, **said: str) -> PayingAccount:
    """The acquirer's account, set by two people."""
    facts = {
        "currency": "HKD", "holder": "Pearl Acquiring Limited", "country": "HK",
        "account_number": "987654321", "bank_code": "HSBCHKHH",
    }  # fmt: skip
    characters = said.pop("characters", "latin")
    wanted = AccountWanted(livemode, BankDetails(**(facts | said)), characters)
    first, second = staff_of(person), staff_of(person)
    proposal = propose_paying_account(first, person.acquirer, wanted, reason="The bank's letter.")
    with tenant_scope(person.acquirer.id):
        approve(proposal.id, staff=second)
        row: PayingAccount = PayingAccount.objects.get(
            livemode=livemode, currency=wanted.details.currency
        )
    return row


@pytest.fixture
def owe(earn: Earn, clock: ManualClock) -> Owe:
    """``owe(person, 12050)``: a payout of HKD 120.50 that is due on Thursday."""

    def owed(person: Person, minor: int, *, currency: str = "HKD") -> Payout:
        give_account(person, currency)
        earn(person, minor, currency=currency)
        settle(person.acquirer, DAY, livemode=False)
        clock.advance(60)
        with tenant_scope(person.acquirer.id):
            return Payout.objects.get(merchant=person.merchant, currency=currency)

    return owed


def approve_file(person: Person, row: PaymentFile) -> None:
    """By a second person."""
    with tenant_scope(person.acquirer.id):
        proposal = Proposal.objects.get(subject=row.public_id, status="pending")
        approve(proposal.id, staff=staff_of(person, Role.OWNER))


def sent_file(person: Person, account: PayingAccount) -> PaymentFile:
    """A file of all that is due, taken to the bank."""
    row = make_payment_file(staff_of(person), account, FRIDAY)
    approve_file(person, row)
    return send_payment_file(staff_of(person), row)


def standing(payout: Payout) -> str:
    """The payout's status now."""
    with tenant_scope(payout.acquirer_id):
        return Payout.objects.get(pk=payout.pk).status


def signed_in(person: Person, role: Role) -> Client:
    client = Client()
    assert client.login(username=staff_of(person, role).email, password=PASSWORD)
    return client
