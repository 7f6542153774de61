"""Reconciliation in the console: who may looks, and sees both sides."""

import hashlib

import pytest
from django.test import Client

from settlement.models import Break, SchemeFile
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.settlement.reconcile.conftest import Books

pytestmark = pytest.mark.django_db


def signed_in(person: Person, role: Role) -> Client:
    client = Client()
    staff = StaffFactory(role=role, acquirer=person.acquirer)
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    return client


def seen_by(role: Role, person: Person, path: str) -> tuple[int, str]:
    client = signed_in(person, role)
    answer = client.get(f"/admin/settlement/{path}")
    return answer.status_code, answer.content.decode()


def test_finance_sees_a_break_with_both_sides_and_the_line(books: Books, outsider: Person) -> None:
    theirs = Books(outsider)
    sale = books.pay(12_050)
    books.transactions(books.row(sale, fee=73))
    books.compare()
    theirs.transactions(theirs.row(theirs.pay(99_900), amount=99_901))
    theirs.compare()
    with tenant_scope(books.person.acquirer.id):
        row, file = Break.objects.get(), SchemeFile.objects.get()
    with platform_scope():
        foreign = Break.objects.exclude(pk=row.pk).get()

    status, listed = seen_by(Role.FINANCE, books.person, "break/?state=open&kind=fee")
    assert (status, str(row.pk) in listed, str(foreign.pk) in listed) == (200, True, False)
    status, page = seen_by(Role.FINANCE, books.person, f"break/{row.pk}/change/")
    assert status == 200
    for said in (
        "HKD 0.01",
        "|120.50|0.73|HKD|",
        sale.public_id,
        books.person.merchant.display_name,
    ):
        assert said in page
    assert seen_by(Role.FINANCE, books.person, f"break/{foreign.pk}/change/")[0] in {302, 404}
    assert seen_by(Role.SUPPORT, books.person, "break/")[0] == 403
    assert file.name in seen_by(Role.OWNER, books.person, "schemefile/")[1]
    status, runs = seen_by(Role.AUDITOR, books.person, "run/")
    assert (status, runs.count("run_01") >= 1) == (200, True)


def test_a_refused_file_says_where_and_why(books: Books) -> None:
    partner = books.person.partner_account.partner_id
    file = books.take(f"{partner}_transaction_20261118.txt", ["Owner:1"])
    status, page = seen_by(Role.FINANCE, books.person, f"schemefile/{file.pk}/change/")
    assert (status, "not Partner:" in page, file.sha256 in page) == (200, True, True)


def test_a_scheme_file_is_taken_as_it_came_and_that_is_on_record(
    books: Books, outsider: Person
) -> None:
    file = books.transactions(books.row(books.pay(12_050)))
    address = f"/admin/settlement/schemefile/{file.pk}/bytes"

    answer = signed_in(books.person, Role.AUDITOR).get(address)

    taken = b"".join(answer.streaming_content)
    assert (answer.status_code, hashlib.sha256(taken).hexdigest()) == (200, file.sha256)
    assert file.name in answer["Content-Disposition"]
    with tenant_scope(books.person.acquirer.id):
        entry = AuditEntry.objects.get(table="scheme_file_read")
    assert entry.row_id == file.public_id
    assert signed_in(books.person, Role.SUPPORT).get(address).status_code == 403
    assert signed_in(outsider, Role.OWNER).get(address).status_code == 404
