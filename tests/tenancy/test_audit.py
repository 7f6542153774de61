"""The audit trail: who did what to which row, before and after, kept by the database itself."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from merchants.models import Merchant, PartnerAccount
from tenancy.audit import audited_models, note
from tenancy.models import AuditEntry, Staff
from tenancy.roles import Role
from tenancy.scope import acting, platform_scope, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db


def trail(row_id: object) -> list[AuditEntry]:
    with platform_scope():
        return list(AuditEntry.objects.filter(row_id=str(row_id)).order_by("id"))


def rename(merchant: Merchant, name: str) -> None:
    with tenant_scope(merchant.acquirer_id):
        Merchant.objects.filter(id=merchant.id).update(display_name=name)


def test_a_change_is_kept_with_what_was_and_what_is(acme: Person) -> None:
    old = acme.merchant.display_name

    with acting("staff:ann@acme.example", origin="10.0.0.7"):
        rename(acme.merchant, "Harbour Coffee")

    entry = trail(acme.merchant.id)[-1]
    assert (entry.actor, entry.origin) == ("staff:ann@acme.example", "10.0.0.7")
    assert (entry.action, entry.table) == ("update", "merchants_merchant")
    assert (entry.before, entry.after) == (
        {"display_name": old}, {"display_name": "Harbour Coffee"},
    )  # fmt: skip
    assert entry.acquirer_id == acme.acquirer.id
    assert entry.merchant_id == acme.merchant.id


def test_the_next_change_is_not_signed_with_the_last_ones_name(acme: Person) -> None:
    with acting("staff:ann@acme.example"):
        rename(acme.merchant, "One")

    rename(acme.merchant, "Two")

    assert [entry.actor for entry in trail(acme.merchant.id)[-2:]] == [
        "staff:ann@acme.example", "system",
    ]  # fmt: skip


def test_a_name_told_in_a_rolled_back_transaction_is_told_again(acme: Person) -> None:
    with acting("staff:ann@acme.example"):
        with pytest.raises(DatabaseError), transaction.atomic():
            rename(acme.merchant, "x" * 200)

        rename(acme.merchant, "One")

    assert trail(acme.merchant.id)[-1].actor == "staff:ann@acme.example"


def test_that_a_secret_changed_is_kept_and_the_secret_is_not(acme: Person) -> None:
    with tenant_scope(acme.acquirer.id):
        account = PartnerAccount.objects.get()
        account.md5_key = "another-secret-key"
        account.save()

    entry = trail(account.id)[-1]
    assert entry.before is not None
    assert entry.after is not None
    assert entry.before["md5_key"] == entry.after["md5_key"] == "•••"
    created = trail(account.id)[0]
    assert created.after is not None
    assert (created.action, created.after["private_key"]) == ("insert", "•••")


def test_what_is_not_worth_an_entry_leaves_none(acme: Person) -> None:
    before = len(trail(acme.key.id))

    assert acme.client().get("/v1/stores").status_code == 200  # notes the key's last use

    assert len(trail(acme.key.id)) == before == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tenancy_auditentry SET actor = 'nobody'",
        "DELETE FROM tenancy_auditentry",
        "INSERT INTO tenancy_auditentry (at, actor, origin, action) VALUES (now(), '', '', '')",
        "TRUNCATE tenancy_auditentry",
    ],
)
def test_the_codes_role_can_neither_forge_nor_edit_it(acme: Person, statement: str) -> None:
    count = len(trail(acme.merchant.id))

    with (
        platform_scope(),
        pytest.raises(DatabaseError, match=r"permission denied|never edited"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert len(trail(acme.merchant.id)) == count


def test_even_the_tables_owner_cannot_edit_it(acme: Person) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            cursor.execute("DELETE FROM tenancy_auditentry")
        transaction.set_rollback(True)  # and with it the role comes back


def test_an_acquirer_reads_its_own_trail_and_a_merchant_none(
    acme: Person, outsider: Person
) -> None:
    rename(acme.merchant, "One")
    rename(outsider.merchant, "Two")

    with tenant_scope(acme.acquirer.id):
        owners = set(AuditEntry.objects.values_list("acquirer_id", flat=True))
    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        assert not AuditEntry.objects.exists()

    assert owners == {acme.acquirer.id}


def test_everything_that_people_set_up_is_watched() -> None:
    watched = {model._meta.label for model, _ in audited_models()}

    assert {
        "tenancy.Acquirer", "tenancy.Staff", "merchants.PartnerAccount", "merchants.Merchant",
        "merchants.Store", "merchants.Terminal", "merchants.ApiKey",
    } <= watched  # fmt: skip


def test_a_note_is_kept_without_a_row(acme: Person) -> None:
    with tenant_scope(acme.acquirer.id), acting("staff:ann@acme.example"):
        note("download", "statement-1", acquirer_id=acme.acquirer.id, detail={"bytes": 7})

    entry = trail("statement-1")[0]
    assert (entry.action, entry.table, entry.after) == ("note", "download", {"bytes": 7})
    assert entry.actor == "staff:ann@acme.example"


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.OWNER, True), (Role.AUDITOR, True), (Role.OPERATIONS, False), (Role.SUPPORT, False)],
)
def test_owners_and_auditors_read_it_in_the_admin(
    acme: Person, outsider: Person, role: Role, may: bool
) -> None:
    rename(acme.merchant, "One")
    rename(outsider.merchant, "Two")
    staff: Staff = StaffFactory(acquirer=acme.acquirer, role=role)
    client = Client()
    client.force_login(staff)

    page = client.get(reverse("admin:tenancy_auditentry_changelist"))

    assert page.status_code == (200 if may else 403)
    if may:
        text = page.content.decode()
        assert str(acme.merchant.id) in text
        assert str(outsider.merchant.id) not in text


def test_it_is_exported_as_rows_that_no_spreadsheet_runs(acme: Person, outsider: Person) -> None:
    with acting("=cmd|' /C calc'!A0"):
        rename(acme.merchant, "One")
    client = Client()
    client.force_login(StaffFactory(acquirer=acme.acquirer, role=Role.AUDITOR))
    chosen = [entry.pk for entry in trail(acme.merchant.id) + trail(outsider.merchant.id)]

    answer = client.post(
        reverse("admin:tenancy_auditentry_changelist"),
        {"action": "export", "_selected_action": chosen},
    )

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "at,actor,origin,action,table,row,before,after"
    assert any("'=cmd|" in line for line in lines)
    assert not any(str(outsider.merchant.id) in line for line in lines)
