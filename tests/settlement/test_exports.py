"""Exports: the list as the person sees it, to the cent, and nobody else's rows."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from pytest_django.fixtures import Settings
from python_calamine import CalamineWorkbook

from kernel.clock import ManualClock
from kernel.errors import Conflict, Forbidden, Rejected
from payments.models import Payment
from settlement.exports import copying
from settlement.exports.columns import Column
from settlement.exports.tables import TABLES
from settlement.exports.writing import XlsxSink
from settlement.models import Batch, Export
from settlement.services import write_export
from settlement.services.ask_export import WAITING_LIMIT, ask_export, open_export
from settlement.services.forget_exports import forget_old_exports
from settlement.services.settle import settle
from tenancy.models import AuditEntry, Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.fakes import PAID, REFUNDED, FakeScheme
from tests.payments.conftest import order_of, pay, principal_of, scheme
from tests.payments.services.test_refund import refund
from tests.people import Person
from tests.settlement.conftest import DAY, Earn
from tests.storing import keep_in

__all__ = ["order_of", "pay", "principal_of", "scheme"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The private storage of this test."""
    return keep_in(tmp_path, settings, "documents")


def staff_of(person: Person, role: Role = Role.FINANCE) -> Staff:
    staff: Staff = StaffFactory(acquirer=person.acquirer, role=role)
    return staff


def export(staff: Staff, of: str, filters: str = "", form: str = "csv") -> Export:
    """Asked for and written, as a worker does it."""
    with tenant_scope(staff.acquirer_id):  # type: ignore[arg-type]
        row = ask_export(staff, of=of, filters=filters, form=form)
    write_export.write_export(row.id, acquirer_id=row.acquirer_id)
    with platform_scope():
        return Export.objects.get(id=row.id)


def content_of(staff: Staff, row: Export) -> bytes:
    with tenant_scope(row.acquirer_id), open_export(staff, row.id)[1] as opened:
        return opened.read()


def rows_of(staff: Staff, row: Export) -> list[dict[str, str]]:
    text = content_of(staff, row).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def sheets_of(content: bytes) -> list[list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def test_payments_as_csv_with_their_digest(
    acme: Person, pay: Callable[..., Payment], scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    first, second = pay(merchant_reference="=1+1"), pay(merchant_reference='B, "quoted"')
    staff = staff_of(acme)

    row = export(staff, "payments")

    assert (row.status, row.rows_done, row.rows_total) == ("done", 2, 2)
    content = content_of(staff, row)
    assert (row.sha256, row.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    newest, oldest = rows_of(staff, row)
    assert newest["payment"] == second.public_id
    assert newest["merchant reference"] == 'B, "quoted"'
    assert oldest == {
        "payment": first.public_id,
        "created": "2026-11-19T01:00:00.000Z",
        "ended": "2026-11-19T01:00:00.000Z",
        "mode": "test",
        "merchant id": acme.merchant.public_id,
        "merchant": acme.merchant.display_name,
        "store id": acme.store.public_id,
        "store": acme.store.name,
        "merchant reference": "'=1+1",  # never calculated
        "status": "succeeded",
        "why it failed": "",
        "currency": "HKD",
        "amount": "120.50",
        "refunded": "0.00",
        "our id at Alipay": first.partner_trans_id,
        "Alipay's trade": first.scheme_transaction_id,
    }


def test_the_lists_filters_decide_what_is_in_it(
    acme: Person, pay: Callable[..., Payment], scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    wanted, _ = pay(merchant_reference="A"), pay(merchant_reference="B")
    staff = staff_of(acme)

    for filters, count in (("q=A", 1), ("status=failed", 0), ("livemode__exact=0", 2),
                           ("day_from=2026-11-20", 0), (f"q={wanted.public_id}", 1)):  # fmt: skip
        assert len(rows_of(staff, export(staff, "payments", filters))) == count, filters


def test_nobody_elses_rows_are_in_it(
    acme: Person, rival: Person, outsider: Person, earn: Earn, clock: ManualClock
) -> None:
    for person, minor in ((acme, 100), (rival, 20), (outsider, 3)):
        earn(person, minor)
    settle(acme.acquirer, DAY, livemode=False)
    settle(outsider.acquirer, DAY, livemode=False)

    ours, theirs = staff_of(acme), staff_of(outsider)
    lines = rows_of(ours, export(ours, "lines"))
    entries = rows_of(theirs, export(theirs, "entries", f"acquirer__id__exact={acme.acquirer.id}"))

    assert sorted(line["gross"] for line in lines) == ["0.20", "1.00"]
    assert entries == []
    assert {row["debit"] for row in rows_of(theirs, export(theirs, "entries"))} == {"0.03", ""}


def test_the_lines_of_one_batch_and_the_entries_behind_them(
    acme: Person, earn: Earn, clock: ManualClock
) -> None:
    earn(acme, 12050)
    earn(acme, 1500, currency="JPY")
    settle(acme.acquirer, DAY, livemode=False)
    with tenant_scope(acme.acquirer.id):
        batch = Batch.objects.get(currency="JPY")
    staff = staff_of(acme)

    [line] = rows_of(staff, export(staff, "lines", f"batch__id__exact={batch.id}"))
    entries = rows_of(staff, export(staff, "entries"))

    assert (line["gross"], line["net"], line["belongs to"]) == ("1500", "1500", "2026-11-18")
    assert line["settlement"] == batch.public_id
    assert {row["credit"] for row in entries} >= {"120.50", "1500"}


def test_refunds_as_xlsx_with_amounts_as_numbers(
    acme: Person, pay: Callable[..., Payment], scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    refund(acme, pay(merchant_reference="A"), 5000)
    staff = staff_of(acme)

    row = export(staff, "refunds", form="xlsx")

    content = content_of(staff, row)
    titles, values = sheets_of(content)[0]
    found = dict(zip(titles, values, strict=True))
    assert (found["amount"], found["currency"], found["status"]) == (50.0, "HKD", "succeeded")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b'formatCode="0.00"' in parts.read("xl/styles.xml") or b'numFmtId="2"' in parts.read(
            "xl/styles.xml"
        )


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with XlsxSink(path, [Column("a", "", "", repeats=True)], sheet_rows=3) as sink:
        sink.write([[f"={number}"] for number in range(5)])

    content = path.read_bytes()
    assert [[row[0] for row in sheet] for sheet in sheets_of(content)] == [
        ["a", "=0", "=1"], ["a", "=2", "=3"], ["a", "=4"],
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert all(b"<f>" not in parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_it_is_copied_piece_by_piece_and_every_row_once(
    acme: Person, earn: Earn, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    for minor in range(1, 8):
        earn(acme, minor)
    monkeypatch.setattr(copying, "PIECE", 3)
    staff = staff_of(acme)

    row = export(staff, "entries", form=form)

    if form == "csv":
        entries = [each["entry"] for each in rows_of(staff, row)]
    else:
        entries = [cells[0] for cells in sheets_of(content_of(staff, row))[0][1:]]
    assert len(set(entries)) == len(entries) == 14


@pytest.mark.parametrize(
    ("of", "filters", "form", "fault"),
    [("staff", "", "csv", "of"), ("payments", "", "pdf", "form"),
     ("payments", "q=" + "x" * 2000, "csv", "filters")],
)  # fmt: skip
def test_what_cannot_be_is_refused(
    acme: Person, of: str, filters: str, form: str, fault: str
) -> None:
    with tenant_scope(acme.acquirer.id), pytest.raises(Rejected) as refused:
        ask_export(staff_of(acme), of=of, filters=filters, form=form)
    assert [each.field for each in refused.value.errors] == [fault]


def test_one_person_does_not_keep_everybody_waiting(acme: Person) -> None:
    staff = staff_of(acme)
    with tenant_scope(acme.acquirer.id):
        for _ in range(WAITING_LIMIT):
            ask_export(staff, of="payments", filters="", form="csv")
        with pytest.raises(Conflict) as refused:
            ask_export(staff, of="payments", filters="", form="csv")
        assert refused.value.code == "too_many_exports"
        ask_export(staff_of(acme), of="payments", filters="", form="csv")


@pytest.mark.parametrize(("role", "of"), [(Role.SUPPORT, "payments"), (Role.OPERATIONS, "entries")])
def test_who_may_not_see_a_list_does_not_export_it(acme: Person, role: Role, of: str) -> None:
    with tenant_scope(acme.acquirer.id), pytest.raises(Forbidden):
        ask_export(staff_of(acme, role), of=of, filters="", form="csv")


def test_a_person_whose_role_was_taken_away_gets_nothing(acme: Person) -> None:
    staff = staff_of(acme)
    with tenant_scope(acme.acquirer.id):
        row = ask_export(staff, of="entries", filters="", form="csv")
    Staff.objects.filter(pk=staff.pk).update(role=Role.SUPPORT)

    write_export.write_export(row.id, acquirer_id=acme.acquirer.id)

    with platform_scope():
        row.refresh_from_db()
    assert (row.status, row.stored_as) == ("failed", "")
    assert row.why_failed == "Your role may not export this."


def test_a_worker_that_dies_leaves_it_to_the_next(
    acme: Person, earn: Earn, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    earn(acme, 100)
    staff = staff_of(acme)
    with tenant_scope(acme.acquirer.id):
        row = ask_export(staff, of="entries", filters="", form="csv")

    def die(*_: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(write_export, "_hand_over", die)
        write_export.write_export(row.id, acquirer_id=acme.acquirer.id)
    write_export.write_export(row.id, acquirer_id=acme.acquirer.id)  # still leased
    with platform_scope():
        row.refresh_from_db()
        assert (row.status, row.tries) == ("writing", 1)

    clock.advance(write_export.EXPORTS.lease.total_seconds())
    write_export.write_export(row.id, acquirer_id=acme.acquirer.id)
    with platform_scope():
        row.refresh_from_db()
    assert (row.status, row.tries, row.rows_done) == ("done", 2, 2)
    assert len(list((folder / "exports").iterdir())) == 1


def test_a_worker_that_was_overtaken_leaves_neither_a_word_nor_a_file(
    acme: Person, earn: Earn, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    earn(acme, 100)
    staff = staff_of(acme)
    with tenant_scope(acme.acquirer.id):
        row = ask_export(staff, of="entries", filters="", form="csv")
    hand_over = write_export._hand_over

    def is_slow(*facts: Any) -> None:
        clock.advance(write_export.EXPORTS.lease.total_seconds())
        monkeypatch.setattr(write_export, "_hand_over", hand_over)
        write_export.write_export(row.id, acquirer_id=acme.acquirer.id)
        with platform_scope():
            row.refresh_from_db()
        hand_over(*facts)

    monkeypatch.setattr(write_export, "_hand_over", is_slow)
    write_export.write_export(row.id, acquirer_id=acme.acquirer.id)

    with platform_scope():
        kept = Export.objects.get(id=row.id)
    assert (row.status, row.tries) == ("done", 2)
    assert (kept.stored_as, kept.ended_at) == (row.stored_as, row.ended_at)
    assert [f"exports/{each.name}" for each in (folder / "exports").iterdir()] == [row.stored_as]


@pytest.mark.parametrize(("end", "tries"), [(RuntimeError, 3), (SystemExit, 4)])
def test_what_fails_three_times_or_kills_three_workers_is_given_up(
    acme: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, folder: Path,
    end: type[BaseException], tries: int,
) -> None:  # fmt: skip
    staff = staff_of(acme)
    with tenant_scope(acme.acquirer.id):
        row = ask_export(staff, of="payments", filters="", form="csv")

    def fail(*_: Any) -> None:
        raise end

    monkeypatch.setattr(write_export, "copy_rows", fail)
    for _ in range(5):
        with suppress(SystemExit):
            write_export.write_export(row.id, acquirer_id=acme.acquirer.id)
        clock.advance(write_export.EXPORTS.lease.total_seconds())

    with platform_scope():
        row.refresh_from_db()
    assert (row.status, row.tries, row.due_at, row.stored_as) == ("failed", tries, None, "")
    assert row.why_failed == "It could not be written; the log says why."
    assert not (folder / "exports").exists()


def test_it_is_forgotten_with_its_file_after_a_week(
    acme: Person, clock: ManualClock, folder: Path
) -> None:
    staff = staff_of(acme)
    row = export(staff, "payments")
    clock.advance(timedelta(days=7, hours=-1).total_seconds())
    assert forget_old_exports() == 0
    assert storages["documents"].exists(row.stored_as)

    clock.advance(timedelta(hours=2).total_seconds())

    assert forget_old_exports() == 1
    assert list((folder / "exports").iterdir()) == []
    with platform_scope():
        assert Export.objects.count() == 0


def test_a_person_asks_waits_and_takes_it_in_the_console(
    acme: Person, outsider: Person, earn: Earn
) -> None:
    earn(acme, 12050)
    client, other = Client(), Client()
    client.force_login(staff_of(acme), "tenancy.authentication.PasswordBackend")
    other.force_login(staff_of(outsider), "tenancy.authentication.PasswordBackend")
    listing = client.get("/admin/ledger/entry/?q=x").content.decode()
    assert 'href="/admin/settlement/export/ask/?list=entries&amp;q=x"' in listing
    assert "No row fits the search and the filters." in listing
    nothing_yet = client.get("/admin/settlement/export/").content.decode()
    assert "The button above a list of payments, refunds" in nothing_yet
    assert "No row fits" not in nothing_yet

    answer = client.post("/admin/settlement/export/ask/?list=entries&p=2&o=1", {"form": "csv"})

    with platform_scope():
        [row] = Export.objects.all()
    page = f"/admin/settlement/export/{row.pk}/change/"
    assert (answer.status_code, answer["Location"], row.filters) == (302, page, "")
    waiting = client.get(page)
    assert waiting["Refresh"] == "2"
    assert client.get(f"/admin/settlement/export/{row.pk}/file/").status_code == 404
    write_export.write_export(row.id, acquirer_id=acme.acquirer.id)
    done = client.get(page)
    assert not done.has_header("Refresh")
    assert f"/admin/settlement/export/{row.pk}/file/" in done.content.decode()
    file = client.get(f"/admin/settlement/export/{row.pk}/file/")
    assert b"120.50" in b"".join(file.streaming_content)
    assert "attachment" in file["Content-Disposition"]
    assert other.get(f"/admin/settlement/export/{row.pk}/file/").status_code == 404
    with platform_scope():
        noted = AuditEntry.objects.filter(row_id=row.public_id).order_by("id")
        assert [each.table for each in noted] == ["export_asked", "export_taken"]


def test_every_list_has_a_page_and_a_permission() -> None:
    assert set(TABLES) == {"payments", "refunds", "entries", "lines"}
    for table in TABLES.values():
        assert table.permission == table.model.replace(".", ".view_")
