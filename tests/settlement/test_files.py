"""A batch's files: made once, add up to it, the same bytes each time, and only the owner's."""

import csv
import hashlib
import os
import re
import subprocess
import sys
import zlib
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from python_calamine import CalamineWorkbook
from reportlab.pdfbase.pdfmetrics import stringWidth
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from kernel.money import Money
from settlement.files.fonts import Fonts, amount_width, show, show_all
from settlement.files.row_patterns import measure
from settlement.files.serving import read_range
from settlement.files.sheet import Sheet
from settlement.files.statement import (
    Statement,
    group_thousands,
    show_amount,
    show_amounts,
)
from settlement.models import Batch, File, Filing
from settlement.services.make_files import make_due_files, write_files
from settlement.services.settle import settle
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import ApiKeyFactory
from tests.people import Person, client_with
from tests.settlement.conftest import DAY, Earn, give_account
from tests.settlement.test_admin import signed_in
from tests.storing import keep_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The storage, in a folder of the test's own."""
    return keep_in(tmp_path / "kept", settings)


@pytest.fixture
def batch(acme: Person, earn: Earn, clock: ManualClock) -> Batch:
    """HKD 120.50 and 7.00 sold, 20.00 given back, paid out."""
    give_account(acme)
    for minor in (12050, 700, -2000):
        earn(acme, minor)
    settle(acme.acquirer, DAY, livemode=False)
    with tenant_scope(acme.acquirer.id):
        return Batch.objects.select_related("merchant", "acquirer").get()


def address_of(batch: Batch) -> str:
    return f"/v1/settlements/{batch.public_id}/files"


def read_kept(row: File) -> bytes:
    with storages["settlements"].open(row.stored_as) as file:
        content: bytes = file.read()
    return content


def read_rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(body.decode("utf-8-sig").splitlines()))


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


CSV_NAME = "test-statement-2026-11-18-HKD-1.csv"


def test_files_are_made_once_and_their_digests_agree(batch: Batch, folder: Path) -> None:
    assert make_due_files() == 1
    assert make_due_files() == 0

    with platform_scope():
        rows = {row.name: row for row in File.objects.all()}
        assert Filing.objects.get().due_at is None
    made = {CSV_NAME.replace("csv", ending) for ending in ("csv", "xlsx", "pdf")}
    assert set(rows) == made | {"SHA256SUMS"}
    for row in rows.values():
        content = read_kept(row)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (row.sha256, row.size_bytes)
    sums = read_kept(rows["SHA256SUMS"]).decode()
    assert f"{rows[CSV_NAME].sha256}  {CSV_NAME}\n" in sums
    assert len(list(folder.iterdir())) == 4


def test_the_csv_adds_up_to_the_closing_and_its_lines_to_the_sums(
    batch: Batch, api: APIClient
) -> None:
    make_due_files()

    rows = read_rows(body_of(api.get(f"{address_of(batch)}/{CSV_NAME}")))

    kinds = ["opening", "payment", "payment", "refund", "reserved", "released", "paid_out"]
    assert sorted(row["kind"] for row in rows) == sorted(kinds)
    assert [rows[0]["kind"], rows[-1]["kind"]] == ["opening", "paid_out"]
    assert sum(Decimal(row["net"]) for row in rows) * 100 == batch.closing_minor == 0
    sold = sum(Decimal(row["gross"]) for row in rows if row["kind"] == "payment")
    assert sold * 100 == batch.sales_minor == 12750
    assert rows[-1]["net"] == "-107.50"
    assert {row["schema_version"] for row in rows} == {"2"}


def test_the_workbook_says_the_same_as_numbers(batch: Batch, api: APIClient) -> None:
    make_due_files()

    answer = api.get(f"{address_of(batch)}/{CSV_NAME.replace('csv', 'xlsx')}")
    book = CalamineWorkbook.from_filelike(BytesIO(body_of(answer)))

    assert book.sheet_names == ["Summary", "Lines"]
    sums = {row[0]: row[1] for row in book.get_sheet_by_name("Summary").to_python()}
    assert (sums["sales"], sums["refunds"], sums["paid_out"]) == (127.5, -20.0, -107.5)
    header, *rows = book.get_sheet_by_name("Lines").to_python()
    assert len(rows) == batch.line_count + 4
    assert round(sum(row[header.index("net")] for row in rows), 2) == 0
    assert {str(row[header.index("business_date")]) for row in rows} == {str(DAY)}
    assert isinstance(rows[1][header.index("booked_at")], datetime)


def test_a_text_is_never_a_formula(
    batch: Batch, acme: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from settlement.files import lines
    from settlement.services import make_files

    evil = "=HYPERLINK(1)"
    real = lines.read_lines
    monkeypatch.setattr(
        make_files,
        "read_lines",
        lambda batch: (
            some._replace(
                merchant_reference=[evil] * len(some.kind), store_name=["茶"] * len(some.kind)
            )
            for some in real(batch)
        ),
    )
    with tenant_scope(acme.acquirer.id):
        paths = {path.suffix: path for path in write_files(batch, tmp_path)}

    rows = read_rows(paths[".csv"].read_bytes())
    assert {row["merchant_reference"] for row in rows} == {"", "'=HYPERLINK(1)"}
    assert {row["store_name"] for row in rows} == {"", "茶"}
    book = CalamineWorkbook.from_path(str(paths[".xlsx"]))
    header, _, line, *_ = book.get_sheet_by_name("Lines").to_python()
    assert line[header.index("merchant_reference")] == evil


def words_of(pdf: bytes) -> str:
    """What the pages write, in the Latin font."""
    streams = re.findall(rb"/Length (\d+)\s*>>\s*stream\r?\n", pdf)
    begins = [found.end() for found in re.finditer(rb"\bstream\r?\n", pdf)]
    pages = [zlib.decompress(pdf[at : at + int(size)])
             for at, size in zip(begins, streams, strict=True)]  # fmt: skip
    return b"\n".join(pages).decode("latin-1")


def test_the_pdf_says_the_sums_and_only_the_end_of_the_account(
    batch: Batch, api: APIClient
) -> None:
    make_due_files()

    answer = api.get(f"{address_of(batch)}/{CSV_NAME.replace('csv', 'pdf')}")
    words = words_of(body_of(answer))

    for text in ("HKD 127.50", "HKD -20.00", "HKD 107.50", "8901", "TEST MONEY"):
        assert text in words
    assert "012345678901" not in words


def test_staff_take_a_file_from_the_batchs_page_and_others_find_none(
    batch: Batch, acme: Person, outsider: Person
) -> None:
    make_due_files()
    address = reverse("admin:settlement_batch_file", args=[batch.pk, CSV_NAME])
    page = reverse("admin:settlement_batch_change", args=[batch.pk])
    finance = signed_in(acme, Role.FINANCE)
    foreign = signed_in(outsider, Role.FINANCE)
    support = signed_in(acme, Role.SUPPORT)

    assert address in finance.get(page).content.decode()
    assert read_rows(body_of(finance.get(address)))[-1]["net"] == "-107.50"
    assert foreign.get(address).status_code in {302, 404}
    assert support.get(address).status_code == 403
    with platform_scope():
        [entry] = AuditEntry.objects.filter(table="settlement_file_read")
    assert entry.actor.startswith("staff:")


_AGAIN = """
import sys, hashlib, pathlib, datetime, uuid
import django; django.setup()
from merchants.models import Merchant
from settlement.models import Batch
from settlement.files.statement import Lines, Statement
from settlement.files.csv_file import CsvFile
from settlement.files.xlsx_file import XlsxFile
from settlement.files.pdf_file import PdfFile
at = datetime.datetime(2026, 11, 18, 4, tzinfo=datetime.UTC)
sums = {f"{n}_minor": 0 for n in ("opening","sales","cancels","refunds","adjustments","fees","vat",
        "reserved","released","paid_out","closing")}
batch = Batch(id=uuid.UUID(int=5), currency="JPY", number=3, first_day=at.date(), zone="Asia/Tokyo",
              business_date=at.date(), created_at=at, livemode=True, outcome="nothing", **sums)
line = ("payment", "2026-11-18T04:00:00.000Z", "2026-11-18 13:00", "2026-11-18", uuid.UUID(int=7),
        None, "r", "", "s", None, "茶", 500, 0, 0, 500, None, "", "", "")
lines = Lines(*zip(*[line] * 50))
for kind in (CsvFile, XlsxFile, PdfFile):
    path = pathlib.Path(sys.argv[1]) / ("f." + kind.ending)
    statement = Statement(batch, "龍井", "Harbour", None)
    file = kind(path, statement)
    file.add(lines, statement.columns_of(lines))
    file.close()
    print(hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for number, zone in enumerate(("UTC", "Asia/Tokyo")):
        place = tmp_path / str(number)
        place.mkdir()
        environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": str(number)}
        made.append(
            subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-c", _AGAIN, str(place)],
                env=environment, check=True, capture_output=True, text=True,
            ).stdout.split()
        )  # fmt: skip
    assert made[0] == made[1]
    assert len(set(made[0])) == len(made[0])


def test_ranges_and_etags(batch: Batch, api: APIClient) -> None:
    make_due_files()
    address = f"{address_of(batch)}/{CSV_NAME}"
    whole = api.get(address)
    body = body_of(whole)

    assert whole["X-Content-Type-Options"] == "nosniff"
    assert whole["Content-Disposition"] == f'attachment; filename="{CSV_NAME}"'
    assert whole["ETag"] == f'"{hashlib.sha256(body).hexdigest()}"'
    part = api.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, body_of(part)) == (206, body[10:20])
    assert part["Content-Range"] == f"bytes 10-19/{len(body)}"
    beyond = api.get(address, headers={"Range": f"bytes={len(body)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(body)}")
    assert api.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    other = api.get(address, headers={"Range": "bytes=10-19", "If-Range": '"other"'})
    assert (other.status_code, body_of(other)) == (200, body)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, None),
        ("bytes=0-0", range(1)),
        ("bytes=90-", range(90, 100)),
        ("bytes=90-1000", range(90, 100)),
        ("bytes=-10", range(90, 100)),
        ("bytes=-1000", range(100)),
        ("bytes=-0", range(100, 100)),
        ("bytes=100-", range(0)),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("lines=1-2", None),
    ],
)
def test_what_a_range_asks_for_of_a_hundred_bytes(text: str | None, wanted: range | None) -> None:
    assert read_range(text, 100) == wanted


@pytest.mark.parametrize(
    ("minor", "digits", "text"),
    [(-5, 2, "-0.05"), (500, 0, "500"), (1, 3, "0.001"), (12050, 2, "120.50"), (0, 2, "0.00")],
)
def test_an_amount_has_its_currencys_decimals(minor: int, digits: int, text: str) -> None:
    assert show_amount(minor, digits) == text


@given(st.integers(-(10**12), 10**12), st.sampled_from(["JPY", "HKD", "KWD"]))
def test_an_amount_of_a_page_has_its_thousands_and_its_width(minor: int, currency: str) -> None:
    with TemporaryDirectory() as folder:
        statement = Statement(Batch(currency=currency), "", "", None)
        sheet = Sheet(Path(folder) / "a.pdf", statement, name="", title="")
    shown = sheet._show(minor)
    assert group_thousands(show_amounts([minor], statement.digits), statement.digits) == [shown]
    assert show_amounts([minor], statement.digits) == [show_amount(minor, statement.digits)]
    assert Decimal(shown.replace(",", "")) == Money(minor, currency).to_decimal()
    assert shown.lstrip("-").partition(".")[0] == f"{abs(minor) // 10**statement.digits:,}"
    [characters] = measure([shown])
    wide = amount_width(characters, statement.digits, 8)
    assert wide == pytest.approx(stringWidth(shown, "Helvetica", 8))


def test_a_text_in_two_scripts_goes_back_to_the_font_it_began_with() -> None:
    fonts = Fonts("/F1", "/F2", "/F3")
    assert show("A(1)\\", 8, fonts) == r"(A\(1\)\\) Tj"
    assert show("v2 標準 é", 8, fonts, bold=True) == (
        r"(v2 ) Tj /F3 8 Tf (j\031n\226) Tj /F2 8 Tf ( \351) Tj"
    )
    assert show_all(["a", "b(c)", "茶"], 8, fonts) == [
        show(each, 8, fonts) for each in ("a", "b(c)", "茶")
    ]


def test_a_download_stands_on_the_audit_trail(batch: Batch, api: APIClient, acme: Person) -> None:
    make_due_files()

    body_of(api.get(f"{address_of(batch)}/{CSV_NAME}"))

    with platform_scope():
        row = File.objects.get(name=CSV_NAME)
        [entry] = AuditEntry.objects.filter(table="settlement_file_read")
    assert entry.acquirer_id == acme.acquirer.id
    assert row.public_id in str(entry.__dict__)


def test_nobody_else_finds_the_files(
    batch: Batch, api: APIClient, rival: Person, outsider: Person, acme: Person
) -> None:
    make_due_files()

    for other in (rival, outsider):
        for address in (address_of(batch), f"{address_of(batch)}/{CSV_NAME}"):
            assert other.client().get(address).status_code == 404
    key = ApiKeyFactory(merchant=acme.merchant, scopes=["payments:read"])
    assert client_with(key.text).get(address_of(batch)).status_code == 403
    assert api.get(f"{address_of(batch)}/other.csv").status_code == 404
    with platform_scope():
        assert not AuditEntry.objects.filter(table="settlement_file_read").exists()


def test_what_cannot_be_made_is_tried_again(
    batch: Batch, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    from settlement.services import make_files

    real = make_files._record

    def broken(*args: Any) -> bool:
        raise OSError("the disk is full")

    monkeypatch.setattr(make_files, "_record", broken)
    assert make_due_files() == 0
    assert list(folder.iterdir()) == []

    monkeypatch.setattr(make_files, "_record", real)
    assert make_due_files() == 0  # not due yet
    clock.advance(10)
    assert make_due_files() == 1
