"""The books in the console: from an entry to its cause and back, balances, the trial balance."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import ids
from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from ledger.admin import columns
from ledger.models import Account, Entry, Transaction
from ledger.posting import Leg, Posting, post
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)


def count_queries() -> Any:
    return CaptureQueriesContext(connection)


def signed_in(person: Person, role: Role) -> Client:
    staff = StaffFactory(acquirer=person.acquirer, role=role)
    client = Client()
    assert client.login(username=staff.email, password=PASSWORD)
    return client


def sell(person: Person, minor: int, *, at: datetime = NOON, livemode: bool = True) -> Posting:
    posting = Posting(
        kind="payment.succeeded",
        cause_type="payment",
        cause_id=uuid4(),
        livemode=livemode,
        entries=[
            Leg("scheme_receivable", person.merchant.id, Money(minor, "HKD")),
            Leg("merchant_payable", person.merchant.id, Money(-minor, "HKD")),
        ],
    )
    with using_clock(ManualClock(at)), tenant_scope(person.acquirer.id):
        post(posting)
    return posting


def test_the_journal_is_searched_by_what_a_transaction_was_posted_for(
    acme: Person, outsider: Person
) -> None:
    wanted, other, foreign = sell(acme, 12050), sell(acme, 700), sell(outsider, 900)
    client = signed_in(acme, Role.FINANCE)
    names = [ids.encode("pay", each.cause_id) for each in (wanted, other, foreign)]

    everything = client.get("/admin/ledger/transaction/").content.decode()
    found = client.get("/admin/ledger/transaction/", {"q": names[0]})
    entries = client.get("/admin/ledger/entry/", {"q": names[0]})
    strange = client.get("/admin/ledger/entry/", {"q": names[2]})

    assert [name in everything for name in names] == [True, True, False]
    assert f"/admin/payments/payment/{wanted.cause_id}/change/" in found.content.decode()
    assert [row.cause_id for row in found.context["cl"].result_list] == [wanted.cause_id]
    assert {row.amount_minor for row in entries.context["cl"].result_list} == {-12050, 12050}
    assert list(strange.context["cl"].result_list) == []


def test_a_transactions_page_shows_both_sides_and_leads_to_the_accounts(acme: Person) -> None:
    sell(acme, 12050)
    with tenant_scope(acme.acquirer.id):
        row, accounts = Transaction.objects.get(), list(Account.objects.all())

    page = signed_in(acme, Role.AUDITOR).get(f"/admin/ledger/transaction/{row.pk}/change/")

    text = page.content.decode()
    assert text.count("HKD 120.50") == 2
    for account in accounts:
        assert f'/admin/ledger/account/{account.pk}/change/">{account.kind}</a>' in text
    assert f"/admin/merchants/merchant/{acme.merchant.pk}/change/" in text


def test_one_accounts_entries_come_by_its_own_index_newest_first(acme: Person) -> None:
    for day, minor in enumerate((100, 200, 300)):
        sell(acme, minor, at=NOON + timedelta(days=day))
    with tenant_scope(acme.acquirer.id):
        account = Account.objects.get(kind="merchant_payable")
    client = signed_in(acme, Role.FINANCE)

    page = client.get("/admin/ledger/entry/", {"account__id__exact": str(account.pk)})

    listing = page.context["cl"]
    assert [row.amount_minor for row in listing.result_list] == [-300, -200, -100]
    assert listing.queryset.query.order_by[0] == "-created_at"
    assert "HKD -6.00" in client.get(f"/admin/ledger/account/{account.pk}/change/").content.decode()


def test_the_list_of_accounts_shows_what_each_stands_at(acme: Person, outsider: Person) -> None:
    sell(acme, 12050)
    sell(acme, 950)
    sell(outsider, 777)

    page = signed_in(acme, Role.OWNER).get("/admin/ledger/account/").content.decode()

    assert "HKD 130.00" in page
    assert "HKD -130.00" in page
    assert "7.77" not in page


@pytest.mark.parametrize("of", ["account", "entry", "transaction"])
def test_the_books_name_a_merchant_and_lead_to_it(of: str, acme: Person, outsider: Person) -> None:
    """With no query more than without the name."""
    sell(acme, 12050)
    sell(outsider, 777)
    with tenant_scope(outsider.acquirer.id):
        type(outsider.merchant).objects.update(display_name="Rival Noodles")
    client, path = signed_in(acme, Role.OWNER), f"/admin/ledger/{of}/"
    named = f'/merchant/{acme.merchant.pk}/change/">{acme.merchant.display_name}</a>'

    client.get(path)
    with mock.patch.object(columns, "_names", return_value=None), count_queries() as without:
        client.get(path)
    with count_queries() as asked:
        answer = client.get(path)

    assert len(asked) == len(without)
    assert named in answer.content.decode()
    assert "Rival Noodles" not in answer.content.decode()
    [row, *_] = answer.context["cl"].result_list
    assert named in client.get(f"{path}{row.pk}/change/").content.decode()


def test_a_list_of_the_books_with_its_names_walks_an_index(acme: Person) -> None:
    sell(acme, 12050)
    with count_queries() as asked:
        signed_in(acme, Role.OWNER).get("/admin/ledger/entry/")
    [listed] = [each["sql"] for each in asked if "display_name" in each["sql"]]

    with tenant_scope(acme.acquirer.id), transaction.atomic(), connection.cursor() as cursor:
        for name in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{name} = off")
        cursor.execute(f"EXPLAIN {listed}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Scan using entry_of_acquirer" in plan
    assert re.search(r"Index Scan using \w+ on merchants_merchant", plan)
    assert "Sort" not in plan


def test_the_trial_balance_is_that_of_the_moment_and_the_mode(
    acme: Person, outsider: Person
) -> None:
    sell(acme, 12050, at=NOON)
    sell(acme, 950, at=NOON + timedelta(days=1))
    sell(acme, 40, livemode=False)
    sell(outsider, 777)
    client = signed_in(acme, Role.FINANCE)
    path = "/admin/ledger/account/trial-balance/"

    def shown(**said: str) -> tuple[str, str]:
        [currency] = client.get(path, said).context["currencies"]
        assert currency["difference"] is None
        assert [row["kind"] for row in currency["rows"]] == [
            "merchant_payable", "scheme_receivable",
        ]  # fmt: skip
        return str(currency["debit"]), str(currency["credit"])

    assert shown() == ("HKD 130.00", "HKD 130.00")
    assert shown(at="2026-11-19T00:00:00") == ("HKD 120.50", "HKD 120.50")
    assert shown(mode="test") == ("HKD 0.40", "HKD 0.40")
    assert client.get(path, {"at": "2026-11-18T00:00:00"}).context["currencies"] == []
    assert client.get(path, {"at": "yesterday"}).status_code == 400


def test_the_operator_sees_all_books_or_one_acquirers(acme: Person, outsider: Person) -> None:
    sell(acme, 100)
    sell(outsider, 20)
    staff = StaffFactory(role=Role.OPERATOR, acquirer=None)
    client = Client()
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    path = "/admin/ledger/account/trial-balance/"

    [both] = client.get(path).context["currencies"]
    [one] = client.get(path, {"acquirer": str(outsider.acquirer.pk)}).context["currencies"]

    assert (str(both["debit"]), str(one["debit"])) == ("HKD 1.20", "HKD 0.20")


def test_who_may_not_see_the_books_is_refused_and_nobody_edits_them(acme: Person) -> None:
    sell(acme, 100)
    with tenant_scope(acme.acquirer.id):
        entry = Entry.objects.first()
    assert entry is not None
    support, owner = signed_in(acme, Role.SUPPORT), signed_in(acme, Role.OWNER)

    for page in ("transaction/", "entry/", "account/", "account/trial-balance/"):
        assert support.get(f"/admin/ledger/{page}").status_code == 403
    for page in (f"entry/{entry.pk}/change/", "entry/add/", f"entry/{entry.pk}/delete/"):
        assert owner.post(f"/admin/ledger/{page}", {}).status_code == 403
