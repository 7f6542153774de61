"""Fee invoices: numbered without a gap, by rate of VAT, with the batch; and statements by line."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel.clock import ManualClock, using_clock
from settlement.models import FeeInvoice, FeeVersion, File, Issuer
from settlement.services.make_files import make_due_files, write_files
from settlement.services.vat_rates import Rate, add_vat_rate
from settlement.state import VatTreatment
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person
from tests.settlement.conftest import DAY, NOON
from tests.settlement.fee_rule import Sale
from tests.settlement.test_admin import signed_in
from tests.settlement.test_fees import BEGIN, FIRST, assign, book, plan_of, settle_at
from tests.settlement.test_files import body_of, folder, read_rows, words_of

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


def add_rate(person: Person, *said: Any) -> None:
    with using_clock(ManualClock(BEGIN)):
        rate = Rate(person.merchant.country, *said)
        add_vat_rate(person.acquirer, rate, made_by="staff:ada")


def invoices_of(person: Person) -> list[tuple[int, str]]:
    with tenant_scope(person.acquirer.id):
        rows = FeeInvoice.objects.order_by("number").select_related("batch")
        return [(row.number, row.label) for row in rows]


def test_numbers_have_no_gap_and_who_was_charged_nothing_gets_none(
    acme: Person, rival: Person, outsider: Person
) -> None:
    with tenant_scope(acme.acquirer.id):
        Issuer.objects.create(acquirer=acme.acquirer, legal_name="Bank Ltd", number_prefix="B-")
    plan = plan_of(acme)
    assign(acme, plan)
    assign(outsider, plan_of(outsider))
    for days in range(3):
        at = NOON + timedelta(days=days)
        book(acme, [Sale(10000, at)])
        book(rival, [Sale(10000, at)])
        if days == 1:
            assign(rival, plan, DAY + timedelta(days=2), at=NOON + timedelta(days=1))
        settle_at(acme, DAY + timedelta(days=days))
    book(outsider, [Sale(10000, NOON)])
    settle_at(outsider)

    assert invoices_of(acme) == [(each, f"TEST-B-{each}") for each in (1, 2, 3, 4)]
    assert invoices_of(outsider) == [(1, "TEST-1")]


def test_an_invoice_says_who_charges_whom_by_rate_and_that_nothing_is_left_to_pay(
    acme: Person, tmp_path: Path
) -> None:
    assign(acme, plan_of(acme))
    add_rate(acme, Decimal(600), FIRST, VatTreatment.TAXED, "Standard rate")
    with using_clock(ManualClock(NOON)):
        rate = Rate(acme.merchant.country, Decimal(0), DAY + timedelta(days=1),
                    VatTreatment.REVERSE_CHARGE, "Art. 196")  # fmt: skip
        add_vat_rate(acme.acquirer, rate, made_by="staff:ada")
    with tenant_scope(acme.acquirer.id):
        Issuer.objects.create(
            acquirer=acme.acquirer, legal_name="Harbour Bank Ltd", line1="1 Queen's Road",
            town="Hong Kong", tax_number="VAT123", number_prefix="HB-",
        )  # fmt: skip
    book(acme, [Sale(12050, NOON), Sale(700, NOON + timedelta(days=1))])
    settle_at(acme)
    batch = settle_at(acme, DAY + timedelta(days=1))
    with tenant_scope(acme.acquirer.id):
        first, second = FeeInvoice.objects.order_by("number").select_related("batch")
        made = {}
        for number, row in enumerate((first, second, second)):
            place = tmp_path / str(number)
            place.mkdir()
            paths = write_files(row.batch, place)
            [path] = [path for path in paths if path.name.startswith("fee-invoice")]
            made[number] = path.read_bytes()

    assert second.batch_id == batch.id
    assert made[1] == made[2]
    words = words_of(made[0])
    for text in ("HB-1", "Harbour Bank Ltd", "1 Queen's Road", "VAT123", acme.merchant.legal_name,
                 "VAT 6 %", "Standard rate", "1.52", "0.09", "HKD 1.61", "HKD 0.00"):  # fmt: skip
        assert text in words, text
    assert "reverse charge: Art. 196" in words_of(made[1])
    assert "HKD 0.56" in words_of(made[1])


def test_more_given_back_than_charged_makes_a_credit_note(acme: Person, tmp_path: Path) -> None:
    assign(acme, plan_of(acme))
    book(acme, [Sale(10000, NOON), Sale(-10000, NOON + timedelta(days=1), of=0, kind="refund")])
    settle_at(acme)
    batch = settle_at(acme, DAY + timedelta(days=1))

    with tenant_scope(acme.acquirer.id):
        [path] = [path for path in write_files(batch, tmp_path) if "invoice" in path.name]
    words = words_of(path.read_bytes())
    assert "Credit note for fees" in words
    assert "HKD -1.35" in words


def test_a_statement_names_the_version_and_the_rate_of_each_line(
    acme: Person, rival: Person, outsider: Person
) -> None:
    plan = plan_of(acme)
    assign(acme, plan)
    add_rate(acme, Decimal("612.5"), FIRST)
    book(acme, [Sale(12050, NOON)])
    batch = settle_at(acme)
    make_due_files()
    with tenant_scope(acme.acquirer.id):
        version = FeeVersion.objects.get()
        files = {row.kind: row for row in File.objects.filter(batch=batch)}

    address = f"/v1/settlements/{batch.public_id}"
    [line] = acme.client().get(f"{address}/lines").json()["data"]
    assert (line["fee"], line["vat"], line["fee_version"]) == (-152, -9, version.public_id)
    assert line["vat_rate"].startswith("vat_")
    csv = acme.client().get(f"{address}/files/{files['statement_csv'].name}")
    [row] = [row for row in read_rows(body_of(csv)) if row["kind"] == "payment"]
    assert (row["fee"], row["vat"], row["net"]) == ("-1.52", "-0.09", "118.89")
    assert (row["fee_version"], row["fee_plan"]) == (version.public_id, f"{plan.name} v1")
    assert (row["vat_rate"], row["schema_version"]) == ("6.125", "2")
    invoice = acme.client().get(f"{address}/files/{files['fee_invoice'].name}")
    assert invoice["Content-Type"] == "application/pdf"
    assert body_of(invoice).startswith(b"%PDF")
    with platform_scope():
        assert AuditEntry.objects.filter(table="settlement_file_read").count() == 2
    for other in (rival, outsider):
        assert other.client().get(f"{address}/lines").status_code == 404
        name = files["fee_invoice"].name
        assert other.client().get(f"{address}/files/{name}").status_code == 404
    page = signed_in(acme, Role.FINANCE)
    listed = page.get("/admin/settlement/feeinvoice/").content.decode()
    assert "TEST-1" in listed
