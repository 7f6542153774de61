"""A sheet is checked whole and taken whole; whatever is wrong, nothing moves."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kernel.clock import ManualClock
from kernel.errors import Conflict
from merchants.models import Merchant, MerchantImport, Store
from merchants.services.imports import IMPORTS
from merchants.sheets.reading import read_sheet
from merchants.sheets.writing import rows_of, write_csv, write_xlsx
from tenancy import handing_out
from tenancy.models import AuditEntry
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import StoreFactory
from tests.merchants.sheets.sample import HEADER, PEAK, PEAK_TWO, STAR, as_csv, as_xlsx
from tests.people import Person

pytestmark = pytest.mark.django_db


def bring(person: Person, content: bytes) -> MerchantImport:
    """The sheet, after a worker has checked it."""
    with tenant_scope(person.acquirer.id):
        row = IMPORTS.bring(
            acquirer=person.acquirer, file_name="m.csv", content=content, actor="staff:ada"
        )
    return drive(row)


def take(row: MerchantImport) -> MerchantImport:
    with tenant_scope(row.acquirer_id):
        IMPORTS.have_taken(row.id, actor="staff:bob")
    return drive(row)


def drive(row: MerchantImport) -> MerchantImport:
    IMPORTS.drive(row.id, acquirer_id=row.acquirer_id)
    with tenant_scope(row.acquirer_id):
        return MerchantImport.objects.get(id=row.id)


def counts(person: Person) -> tuple[int, int]:
    with tenant_scope(person.acquirer.id):
        return Merchant.objects.count(), Store.objects.count()


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_a_good_sheet_is_shown_first_and_taken_when_somebody_says_so(
    acme: Person, outsider: Person, written: Callable[..., bytes]
) -> None:
    row = bring(acme, written(PEAK, PEAK_TWO, STAR))

    assert (row.status, row.merchants, row.stores, row.unchanged) == ("ready", 2, 3, 0)
    assert (counts(acme), counts(outsider)) == ((1, 1), (1, 1))

    row = take(row)

    assert (row.status, row.rows_done, row.rows_total, row.content) == ("done", 3, 3, None)
    assert (counts(acme), counts(outsider)) == ((3, 4), (1, 1))
    with tenant_scope(acme.acquirer.id):
        peak = Merchant.objects.get(scheme_merchant_id="M7001")
        stores = set(peak.stores.values_list("scheme_store_id", "name", "line1"))
    assert (peak.legal_name, peak.mcc, peak.country) == ("Peak Noodles Limited", "5814", "HK")
    assert stores == {("S1", "Peak", "1 Peak Road"), ("S2", "Peak Two", "")}


def test_who_took_it_stands_in_the_trail(acme: Person) -> None:
    row = take(bring(acme, as_csv(STAR)))

    with platform_scope():
        entry = AuditEntry.objects.get(table="merchants_store", action="insert", actor="staff:bob")
    assert entry.origin == row.public_id


def test_every_fault_is_said_with_its_row_and_column_and_nothing_is_taken(acme: Person) -> None:
    bad_mcc = [*STAR[:3], "58", "Hong Kong", *STAR[5:]]
    twice = [*PEAK[:5], "S1", "Peak again", ""]
    nobody = ["", *PEAK[1:]]
    no_name = ["M7001", "", "", "", "", "S9", "", ""]

    row = bring(acme, as_csv(PEAK, bad_mcc, twice, nobody, no_name))

    assert row.status == "faulty"
    assert [fault[:2] for fault in row.faults] == [
        [3, "mcc"],
        [3, "country"],
        [4, "scheme_store_id"],
        [5, "scheme_merchant_id"],
        [6, "store_name"],
    ]
    assert row.faults[2][2] == "Row 2 has this store already."
    with tenant_scope(acme.acquirer.id), pytest.raises(Conflict):
        IMPORTS.have_taken(row.id, actor="staff:bob")
    assert counts(acme) == (1, 1)


def test_a_sheet_adds_stores_to_a_merchant_that_is_there_and_changes_nothing_of_it(
    acme: Person,
) -> None:
    ours = acme.merchant.scheme_merchant_id
    add = [ours, "", "", "", "", "S-NEW", "New", ""]
    same = [ours, "", "", "", "", acme.store.scheme_store_id, acme.store.name, ""]

    row = take(bring(acme, as_csv(add, same)))

    assert (row.status, row.merchants, row.stores, row.unchanged) == ("done", 0, 1, 1)
    assert counts(acme) == (1, 2)


def test_what_differs_from_what_is_there_is_a_fault(acme: Person) -> None:
    ours = acme.merchant.scheme_merchant_id
    row = bring(acme, as_csv([ours, "Other Name", "", "", "", "S-NEW", "New", ""]))

    assert row.faults == [
        [2, "legal_name", "An earlier row or Tillgate has another one; change it there."]
    ]


def test_another_acquirers_merchant_of_the_same_id_is_another_merchant(
    acme: Person, outsider: Person
) -> None:
    theirs = [outsider.merchant.scheme_merchant_id, *PEAK[1:]]

    take(bring(acme, as_csv(theirs)))

    assert (counts(acme), counts(outsider)) == ((2, 2), (1, 1))


def test_what_was_made_between_the_check_and_the_taking_is_found(acme: Person) -> None:
    row = bring(acme, as_csv(STAR))
    take(bring(acme, as_csv([*STAR[:1], "Other", *STAR[2:]])))

    row = take(row)

    assert (row.status, row.faults[0][:2]) == ("faulty", [2, "legal_name"])
    assert counts(acme) == (2, 2)


def test_two_who_take_it_at_once_take_it_once(acme: Person) -> None:
    row = bring(acme, as_csv(STAR))
    row = take(row)

    with tenant_scope(acme.acquirer.id), pytest.raises(Conflict) as refused:
        IMPORTS.have_taken(row.id, actor="staff:bob")

    assert refused.value.code == "import_not_ready"
    assert counts(acme) == (2, 2)


def test_a_worker_that_died_leaves_a_sheet_that_is_found_again(
    acme: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Any] = []
    monkeypatch.setattr(
        handing_out.current_app, "send_task", lambda name, args, **_: handed.append(args[0])
    )
    with tenant_scope(acme.acquirer.id):
        row = IMPORTS.bring(
            acquirer=acme.acquirer, file_name="m", content=as_csv(STAR), actor="staff:ada"
        )

    def die(content: bytes) -> Any:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr("merchants.services.imports.read_sheet", die)
        with pytest.raises(SystemExit):
            drive(row)
    assert IMPORTS.sweep() == 0
    assert drive(row).status == "checking"
    clock.advance(IMPORTS.lease.total_seconds())

    assert (IMPORTS.sweep(), handed) == (1, [str(row.id)])
    assert drive(row).status == "ready"


def test_a_worker_that_another_overtook_takes_nothing_a_second_time(
    acme: Person, outsider: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bring(acme, as_csv(PEAK, STAR))
    with tenant_scope(acme.acquirer.id):
        IMPORTS.have_taken(row.id, actor="staff:bob")

    def is_slow(content: bytes) -> Any:
        clock.advance(IMPORTS.lease.total_seconds())
        with monkeypatch.context() as quick:
            quick.setattr("merchants.services.imports.read_sheet", read_sheet)
            assert drive(row).status == "done"
        return read_sheet(content)

    monkeypatch.setattr("merchants.services.imports.read_sheet", is_slow)
    after = drive(row)

    assert (after.status, after.rows_done, after.faults) == ("done", 2, [])
    assert (counts(acme), counts(outsider)) == ((3, 3), (1, 1))


def test_a_sheet_that_nobody_took_is_let_go_of_after_a_week(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    old = bring(acme, as_csv(STAR))
    clock.advance(7 * 24 * 3600 + 1)
    young = bring(outsider, as_csv(STAR))
    IMPORTS.sweep()

    with platform_scope():
        kept = MerchantImport.objects.exclude(content=None).values_list("id", flat=True)
        assert list(kept) == [young.id]
    assert take(old).faults == [[0, "", "The sheet is too old and was let go of; bring it again."]]


@pytest.mark.parametrize("write", [lambda rows: b"".join(write_csv(rows)), write_xlsx])
def test_what_is_exported_can_be_imported_and_no_cell_is_calculated(
    acme: Person, outsider: Person, write: Any
) -> None:
    StoreFactory(
        merchant=acme.merchant,
        name="=1+1",
        line1="+852 1234",
        latitude="22.2819",
        longitude="-114.1",
    )
    with tenant_scope(acme.acquirer.id):
        rows = list(rows_of(Store.objects.select_related("merchant").order_by("id")))
        content = write(rows)

    row = bring(acme, content)

    assert (row.status, row.merchants, row.stores, row.unchanged) == ("ready", 0, 0, 2)
    names = [each.cells["store_name"] for each in read_sheet(content)]
    assert names == ["Harbour Tea Central", "=1+1"]


def test_a_formula_gets_an_apostrophe_in_csv() -> None:
    lines = b"".join(write_csv([["=cmd|x", "-1", "plain"]])).decode("utf-8-sig")

    assert next(csv.reader(io.StringIO(lines))) == ["'=cmd|x", "'-1", "plain"]


def test_the_command_checks_and_takes(acme: Person, tmp_path: Any) -> None:
    file = tmp_path / "m.csv"
    file.write_bytes(as_csv(PEAK, STAR))
    slug = acme.acquirer.slug

    call_command("import_merchants", str(file), "--acquirer", slug, "--dry-run", "--json")
    assert counts(acme) == (1, 1)
    call_command("import_merchants", str(file), "--acquirer", slug, "--json")
    assert counts(acme) == (3, 3)

    out = tmp_path / "out.xlsx"
    call_command("export_merchants", str(out), "--acquirer", slug, "--json")
    assert {row.cells["scheme_merchant_id"] for row in read_sheet(out.read_bytes())} == {
        acme.merchant.scheme_merchant_id, "M7001", "M7002",
    }  # fmt: skip


def test_the_command_prints_every_fault(acme: Person, tmp_path: Any) -> None:
    file = tmp_path / "m.csv"
    file.write_bytes(as_csv([*STAR[:3], "58", "HK", *STAR[5:]], header=HEADER))

    with pytest.raises(CommandError) as refused:
        call_command("import_merchants", str(file), "--acquirer", acme.acquirer.slug)

    assert str(refused.value).splitlines()[0] == "1 faults; nothing was taken."
    assert str(refused.value).splitlines()[1].startswith("  row 2, mcc: ")
    assert counts(acme) == (1, 1)
