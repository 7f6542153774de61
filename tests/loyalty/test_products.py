"""The catalogue: by the API, by sheets that are checked whole, and whose it is."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from kernel.errors import Conflict
from loyalty.models import CatalogueImport, Product
from loyalty.product_sheet import COLUMNS, rows_of
from loyalty.services.catalogue_imports import CATALOGUES
from merchants.sheets.writing import write_csv, write_xlsx
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import ApiKeyFactory
from tests.factories.tenancy import StaffFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db
TEA = {"sku": "T1", "name": "Jasmine tea", "currency": "HKD", "category": "Tea", "price": 6800,
       "cost": 3150}  # fmt: skip
HEADER = [column.name for column in COLUMNS]
EXAMPLE = [column.example for column in COLUMNS]


def put(client: APIClient, content: Any = None, **headers: str) -> Any:
    return client.post("/v1/products", content or TEA, format="json", **headers)


def sheet(*lines: list[str], header: list[str] = HEADER) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *lines])
    return text.getvalue().encode()


def bring(person: Person, content: bytes) -> CatalogueImport:
    with tenant_scope(person.acquirer.id):
        row = CATALOGUES.bring(
            acquirer=person.acquirer,
            merchant=person.merchant,
            file_name="c.csv",
            content=content,
            actor="staff:a",
        )
    return drive(row)


def take(row: CatalogueImport) -> CatalogueImport:
    with tenant_scope(row.acquirer_id):
        CATALOGUES.have_taken(row.id, actor="staff:b")
    return drive(row)


def drive(row: CatalogueImport) -> CatalogueImport:
    CATALOGUES.drive(row.id, acquirer_id=row.acquirer_id)
    with tenant_scope(row.acquirer_id):
        return CatalogueImport.objects.get(id=row.id)


def catalogue(person: Person) -> list[tuple[Any, ...]]:
    with tenant_scope(person.acquirer.id, person.merchant.id):
        return list(
            Product.objects.order_by("sku").values_list(
                "sku", "name", "category", "currency", "price_minor", "cost_minor", "is_active"
            )
        )


def test_a_product_is_put_changed_found_and_nobody_elses(
    api: APIClient, acme: Person, rival: Person, outsider: Person
) -> None:
    made = put(api).json()
    changed = put(api, TEA | {"price": 7000, "active": False})
    put(rival.client(), TEA | {"name": "Theirs"})

    assert made.pop("created_at")
    assert made | {"id": ""} == {
        "object": "product", "id": "", "sku": "T1", "name": "Jasmine tea", "category": "Tea",
        "currency": "HKD", "price": 6800, "cost": 3150, "active": True,
    }  # fmt: skip
    assert (changed.status_code, changed.json()["id"]) == (201, made["id"])
    assert catalogue(acme) == [("T1", "Jasmine tea", "Tea", "HKD", 7000, 3150, False)]
    assert [each["name"] for each in api.get("/v1/products", {"sku": "T1"}).json()["data"]] == [
        "Jasmine tea"
    ]
    assert api.get("/v1/products", {"active": "true"}).json()["data"] == []
    for person in (rival, outsider):
        assert person.client().get(f"/v1/products/{made['id']}").status_code == 404
    assert catalogue(outsider) == []


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"sku": ""}, "sku", "too_short"),
        ({"cost": -1}, "cost", "too_small"),
        ({"price": 1.5}, "price", "not_an_integer"),
        ({"currency": "hkd"}, "currency", "unknown_currency"),
        ({"colour": "green"}, "colour", "unknown_field"),
    ],
)
def test_a_bad_product_is_named_and_nothing_is_put(
    api: APIClient, acme: Person, change: dict[str, Any], field: str, code: str
) -> None:
    answer = put(api, TEA | change)

    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["field"], fault["code"]) == (400, field, code)
    assert catalogue(acme) == []


def test_a_key_needs_the_scopes_of_products(acme: Person) -> None:
    reader = client_with(ApiKeyFactory(merchant=acme.merchant, scopes=["products:read"]).text)

    assert put(reader).json()["code"] == "missing_scope"
    assert reader.get("/v1/products").status_code == 200
    assert catalogue(acme) == []


@pytest.mark.parametrize("written", [write_csv, write_xlsx])
def test_a_sheet_is_shown_first_then_taken_and_an_export_changes_nothing(
    acme: Person, rival: Person, written: Any
) -> None:
    pot = ["P1", "Pot", "", "JPY", "500", "", "no"]
    row = bring(acme, sheet(EXAMPLE, pot))
    assert (row.status, row.added, catalogue(acme)) == ("ready", 2, [])

    assert take(row).status == "done"
    taken = catalogue(acme)
    with tenant_scope(acme.acquirer.id):
        content = written(rows_of(Product.objects.order_by("sku")))
        file = content if isinstance(content, bytes) else b"".join(content)
    back = bring(acme, file)

    assert taken == [
        ("P1", "Pot", "", "JPY", 500, None, False),
        ("TEA-001", "Jasmine tea, 100 g", "Tea", "HKD", 6800, 3150, True),
    ]
    assert (back.status, back.added, back.changed, back.unchanged) == ("ready", 0, 0, 2)
    assert catalogue(rival) == []


def test_a_sheet_changes_what_it_says_and_leaves_what_it_leaves_out(acme: Person) -> None:
    take(bring(acme, sheet(EXAMPLE, ["P1", "Pot", "Ware", "HKD", "20", "9", ""])))

    good = take(bring(acme, sheet(["TEA-001", "70.00"], header=["sku", "price"])))

    assert (good.added, good.changed, good.unchanged) == (0, 1, 0)
    assert catalogue(acme) == [
        ("P1", "Pot", "Ware", "HKD", 2000, 900, True),
        ("TEA-001", "Jasmine tea, 100 g", "Tea", "HKD", 7000, 3150, True),
    ]


def test_every_fault_is_told_by_row_and_column_and_nothing_is_taken(acme: Person) -> None:
    row = bring(
        acme,
        sheet(
            EXAMPLE,
            ["TEA-001", "Again", "", "HKD", "1", "1", "yes"],
            ["", "No sku", "", "HKD", "", "", ""],
            ["N1", "", "", "", "1", "", ""],
            ["N2", "x", "", "HKX", "1", "", ""],
            ["N3", "x", "", "HKD", "1.005", "-1", "perhaps"],
            ["N4", "x" * 129, "", "HKD", "", "", ""],
        ),
    )

    assert row.status == "faulty"
    assert [tuple(fault[:2]) for fault in row.faults] == [
        (3, "sku"), (4, "sku"), (5, "name"), (5, "currency"), (5, "price"), (6, "currency"),
        (6, "price"), (7, "price"), (7, "cost"), (7, "active"), (8, "name"),
    ]  # fmt: skip
    with tenant_scope(acme.acquirer.id), pytest.raises(Conflict, match="import_not_ready"):
        CATALOGUES.have_taken(row.id, actor="staff:b")
    assert catalogue(acme) == []


def test_a_sheet_whose_workers_all_die_is_faulty_and_says_so(
    acme: Person, outsider: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = sheet(EXAMPLE)
    with tenant_scope(acme.acquirer.id):
        row = CATALOGUES.bring(
            acquirer=acme.acquirer, merchant=acme.merchant, file_name="c.csv", content=content,
            actor="staff:a",
        )  # fmt: skip

    def dies(*args: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(type(CATALOGUES), "read", dies)
        for _ in range(CATALOGUES.tries_limit):
            with pytest.raises(KeyboardInterrupt):
                drive(row)
            clock.advance(CATALOGUES.lease.total_seconds())

    ended = drive(row)
    assert (ended.status, ended.due_at, ended.faults[0][0]) == ("faulty", None, 0)
    assert "Three workers ended" in ended.faults[0][2]
    assert bring(outsider, content).status == "ready"
    assert catalogue(acme) == []


def test_the_command_tries_first_and_takes_then(acme: Person, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_bytes(sheet(EXAMPLE))
    call_command("import_catalogue", str(file), merchant=acme.merchant.public_id, dry_run=True)
    assert catalogue(acme) == []
    call_command("import_catalogue", str(file), merchant=acme.merchant.public_id)
    assert len(catalogue(acme)) == 1
    file.write_bytes(sheet(["N1", "x", "", "", "", "", ""]))

    with pytest.raises(CommandError, match="row 2, currency: A new product needs this"):
        call_command("import_catalogue", str(file), merchant=acme.merchant.public_id)
    assert len(catalogue(acme)) == 1


def test_the_console_shows_and_takes_prices_in_their_currency(
    api: APIClient, acme: Person, outsider: Person
) -> None:
    put(api)
    put(outsider.client(), TEA | {"name": "Theirs"})
    browser = Client()
    browser.force_login(StaffFactory(acquirer=acme.acquirer, role=Role.OPERATIONS))

    listed = browser.get("/admin/loyalty/product/").content.decode()
    assert ("HKD 68.00" in listed, "HKD 31.50" in listed, "Theirs" in listed) == (True, True, False)
    with platform_scope():
        tea = Product.objects.get(merchant=acme.merchant)
    page = f"/admin/loyalty/product/{tea.pk}/change/"
    assert 'value="68.00"' in browser.get(page).content.decode()
    said = {"name": "Jasmine tea", "category": "Tea", "currency": "HKD", "price_minor": "70.5",
            "cost_minor": "", "is_active": "on"}  # fmt: skip
    assert browser.post(page, said).status_code == 302
    assert catalogue(acme) == [("T1", "Jasmine tea", "Tea", "HKD", 7050, None, True)]
    assert "An amount of HKD" in browser.post(page, said | {"cost_minor": "1.234"}).content.decode()
    assert catalogue(acme) == [("T1", "Jasmine tea", "Tea", "HKD", 7050, None, True)]
    assert catalogue(outsider) == [("T1", "Theirs", "Tea", "HKD", 6800, 3150, True)]
