"""A merchant's papers: type by signature, size limited, private, and each look on record."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from kernel.errors import Rejected
from merchants.models import Document
from merchants.services.documents import BYTES_LIMIT, keep_document
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person
from tests.storing import keep_in

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 16
ADD = "admin:merchants_document_add"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    return keep_in(tmp_path / "documents", settings, "documents")


def paper(content: bytes = PDF, name: str = "br.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def keep(person: Person, content: bytes = PDF, name: str = "br.pdf", **rest: Any) -> Document:
    said = {"kind": "registration", "actor": "staff:ada@x.com"} | rest
    with tenant_scope(person.acquirer.id):
        return keep_document(person.merchant, paper(content, name), **said)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def signed_in(person: Person, role: Role) -> Client:
    client = Client()
    staff = StaffFactory(acquirer=person.acquirer, role=role)
    assert client.login(username=staff.email, password=PASSWORD)
    return client


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")],
)
def test_a_paper_is_kept_under_a_random_name_in_a_private_folder(
    acme: Person, folder: Path, content: bytes, content_type: str
) -> None:
    row = keep(acme, content, "../../evil.html")

    (file,) = files_in(folder)
    assert (file.name, file.read_bytes()) == (row.stored_as, content)
    assert file.stat().st_mode & 0o077 == 0
    assert row.content_type == content_type
    assert (row.size_bytes, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ\x90", b" %PDF-1.7", b"GIF89a"])
def test_what_is_no_pdf_png_or_jpeg_is_refused_whatever_it_is_called(
    acme: Person, folder: Path, content: bytes
) -> None:
    with pytest.raises(Rejected) as refused:
        keep(acme, content)
    assert [fault.field for fault in refused.value.errors] == ["file"]
    assert files_in(folder) == []


def test_one_byte_too_many_is_refused(acme: Person, folder: Path) -> None:
    assert keep(acme, PDF.ljust(BYTES_LIMIT, b"\0")).size_bytes == BYTES_LIMIT
    with pytest.raises(Rejected):
        keep(acme, PDF.ljust(BYTES_LIMIT + 1, b"\0"))
    assert len(files_in(folder)) == 1


def test_a_refused_row_leaves_no_file_behind(acme: Person, folder: Path) -> None:
    with pytest.raises(Rejected) as refused:
        keep(acme, kind="nonsense")
    assert [fault.field for fault in refused.value.errors] == ["kind"]
    assert files_in(folder) == []


def test_a_document_is_never_changed(acme: Person) -> None:
    row = keep(acme)
    with tenant_scope(acme.acquirer.id), pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=row.pk).update(sha256="0" * 64)


def test_operations_add_one_in_the_console_and_take_it_away_as_a_file(acme: Person) -> None:
    staff = StaffFactory(acquirer=acme.acquirer, role=Role.OPERATIONS)
    client = Client()
    assert client.login(username=staff.email, password=PASSWORD)
    said = {"merchant": str(acme.merchant.pk), "kind": "bank", "file": paper()}

    assert client.post(reverse(ADD), said).status_code == 302

    with tenant_scope(acme.acquirer.id):
        row = Document.objects.get()
    answer = client.get(reverse("admin:merchants_document_file", args=[row.pk]))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == f'attachment; filename="bank-{row.public_id}.pdf"'
    with platform_scope():
        noted = AuditEntry.objects.filter(row_id=row.public_id).order_by("id")
        assert list(noted.values_list("table", "acquirer_id", "actor")) == [
            ("document_added", acme.acquirer.id, f"staff:{staff.email}"),
            ("document_read", acme.acquirer.id, f"staff:{staff.email}"),
        ]


def test_a_wrong_file_is_said_on_the_form(acme: Person, folder: Path) -> None:
    said = {"merchant": str(acme.merchant.pk), "kind": "bank", "file": paper(b"<html>")}

    answer = signed_in(acme, Role.OPERATIONS).post(reverse(ADD), said)

    assert answer.status_code == 200
    assert "begins like none of them" in answer.content.decode()
    assert files_in(folder) == []


@pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATIONS, Role.FINANCE, Role.AUDITOR])
def test_another_acquirers_document_has_no_file_and_takes_none(
    acme: Person, outsider: Person, role: Role
) -> None:
    row = keep(acme)
    client = signed_in(outsider, role)

    answer = client.get(reverse("admin:merchants_document_file", args=[row.pk]))
    assert answer.status_code == 404
    said = {"merchant": str(acme.merchant.pk), "kind": "bank", "file": paper()}
    assert client.post(reverse(ADD), said).status_code in {200, 403}
    with platform_scope():
        assert Document.objects.count() == 1


def test_support_reads_no_document_and_finance_adds_none(acme: Person) -> None:
    row = keep(acme)
    file = reverse("admin:merchants_document_file", args=[row.pk])

    assert signed_in(acme, Role.SUPPORT).get(file).status_code in {403, 404}
    answer = signed_in(acme, Role.FINANCE).get(file)
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert signed_in(acme, Role.FINANCE).get(reverse(ADD)).status_code == 403
