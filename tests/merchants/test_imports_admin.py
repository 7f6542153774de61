"""The pages of sheets: bring, look, take, and take away; each acquirer its own."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from merchants.models import Merchant, MerchantImport
from merchants.services.imports import IMPORTS
from merchants.sheets.reading import read_sheet
from tenancy.models import Acquirer, AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.merchants.sheets.sample import PEAK, STAR, as_csv
from tests.people import Person

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def sign_in() -> SignIn:
    def enter(role: Role, acquirer: Acquirer | None) -> Client:
        client = Client()
        staff = StaffFactory(role=role, acquirer=acquirer, email=f"{role}@bank.example")
        assert client.login(username=staff.email, password=PASSWORD)
        return client

    return enter


def page(name: str, *args: object) -> str:
    return reverse(f"admin:merchants_merchantimport_{name}", args=args)


def bring(client: Client, content: bytes, **more: str) -> None:
    file = SimpleUploadedFile("peak.csv", content, "text/csv")
    answer = client.post(page("add"), {"file": file, **more})
    assert answer.status_code == 302, answer.content.decode()


def only_import(person: Person) -> MerchantImport:
    with tenant_scope(person.acquirer.id):
        return MerchantImport.objects.get()


def test_staff_bring_look_and_take(acme: Person, outsider: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, acme.acquirer)
    bring(client, as_csv(PEAK, STAR))
    row = only_import(acme)
    waiting = client.get(page("change", row.pk)).content.decode()
    IMPORTS.drive(row.id, acquirer_id=row.acquirer_id)
    ready = client.get(page("change", row.pk)).content.decode()

    taken = client.post(page("act", row.pk, "take"))
    IMPORTS.drive(row.id, acquirer_id=row.acquirer_id)

    assert 'http-equiv="refresh"' in waiting
    assert 'http-equiv="refresh"' not in ready
    assert "New merchants: 2. New stores: 2." in ready
    assert taken.status_code == 302
    row = only_import(acme)
    assert (row.status, row.brought_by) == ("done", "staff:operations@bank.example")
    with tenant_scope(acme.acquirer.id):
        assert Merchant.objects.count() == 3
    with tenant_scope(outsider.acquirer.id):
        assert Merchant.objects.count() == 1


def test_faults_are_shown_with_row_and_column_as_text(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)
    bring(client, as_csv(["<b>", *PEAK[1:]]))
    row = only_import(acme)
    IMPORTS.drive(row.id, acquirer_id=row.acquirer_id)

    shown = client.get(page("change", row.pk)).content.decode()

    assert "<td>2</td><td><code>scheme_merchant_id</code></td>" in shown
    assert "<td><b>" not in shown


def test_the_operator_says_whose_sheet_it_is(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATOR, None)
    bring(client, as_csv(PEAK), acquirer=str(acme.acquirer.pk))

    assert only_import(acme).acquirer == acme.acquirer


@pytest.mark.parametrize("role", [Role.FINANCE, Role.SUPPORT, Role.AUDITOR])
def test_other_roles_bring_and_take_nothing(acme: Person, sign_in: SignIn, role: Role) -> None:
    with tenant_scope(acme.acquirer.id):
        row = MerchantImport.objects.create(
            acquirer=acme.acquirer, file_name="m", sha256="", status="ready", brought_by="staff:x"
        )
    client = sign_in(role, acme.acquirer)

    assert client.get(page("add")).status_code == 403
    assert client.post(page("act", row.pk, "take")).status_code == 403
    assert only_import(acme).status == "ready"


def test_a_foreign_sheet_does_not_exist(acme: Person, outsider: Person, sign_in: SignIn) -> None:
    bring(sign_in(Role.OWNER, acme.acquirer), as_csv(PEAK))
    row = only_import(acme)
    client = sign_in(Role.OPERATIONS, outsider.acquirer)

    assert client.get(page("change", row.pk)).status_code == 302
    assert client.post(page("act", row.pk, "take")).status_code == 404
    assert "peak.csv" not in client.get(page("changelist")).content.decode()


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_an_export_holds_the_own_stores_and_is_noted(
    acme: Person, outsider: Person, sign_in: SignIn, name: str
) -> None:
    client = sign_in(Role.OPERATIONS, acme.acquirer)

    answer = client.get(page(name))

    rows = read_sheet(answer.getvalue())
    assert [row.cells["scheme_merchant_id"] for row in rows] == [acme.merchant.scheme_merchant_id]
    assert "responsible_id" not in rows[0].cells
    with platform_scope():
        note = AuditEntry.objects.get(table="export")
    assert (note.actor, note.row_id) == ("staff:operations@bank.example", f"merchants.{name}")


def test_the_example_can_be_imported(acme: Person, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER, acme.acquirer)
    bring(client, client.get(page("example")).getvalue())
    row = only_import(acme)
    IMPORTS.drive(row.id, acquirer_id=row.acquirer_id)

    assert (only_import(acme).status, only_import(acme).faults) == ("ready", [])
