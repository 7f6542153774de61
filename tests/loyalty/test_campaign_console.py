"""A campaign in the console: its terms checked, its acts done, its codes taken away, on record."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.money import Money
from loyalty.models import Campaign, Coupon
from loyalty.services.issue import issue_codes, withdraw
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.coupons import make_campaign
from tests.factories.tenancy import StaffFactory
from tests.people import Person

pytestmark = pytest.mark.django_db
PAGE = "admin:loyalty_campaign_"


def signed_in(person: Person, role: Role = Role.OPERATIONS) -> Client:
    client = Client()
    client.force_login(StaffFactory(acquirer=person.acquirer, role=role))
    return client


def terms(**changes: Any) -> dict[str, Any]:
    rows = {"participants": 0, "stores": 0}
    forms = {f"{name}-{part}": count for name, count in rows.items()
             for part in ("TOTAL_FORMS", "INITIAL_FORMS")}  # fmt: skip
    return {
        "name": "Winter", "kind": "amount", "currency": "HKD", "amount_minor": "5.00",
        "basis_points": 0, "buy_quantity": 0, "get_quantity": 0, "minimum_spend_minor": 0,
        "acquirer_basis_points": 0, "starts_at_0": "2026-11-01", "starts_at_1": "00:00",
        "ends_at_0": "2026-12-31", "ends_at_1": "00:00", "zone": "Asia/Hong_Kong",
        **forms, **changes,
    }  # fmt: skip


def test_a_campaign_is_drafted_with_a_zone_and_a_currency_that_exist(acme: Person) -> None:
    client = signed_in(acme)

    bad = client.post(reverse(PAGE + "add"), terms(zone="Asia/Atlantis", currency="HKX"))
    assert "A time zone by its name" in bad.content.decode()
    assert "An ISO 4217 code" in bad.content.decode()
    with platform_scope():
        assert not Campaign.objects.exists()
    assert client.post(reverse(PAGE + "add"), terms()).status_code == 302
    with platform_scope():
        made = Campaign.objects.get()
    assert (made.acquirer_id, made.zone, made.status) == (
        acme.acquirer.id, "Asia/Hong_Kong", "draft",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "typed", "minor"),
    [("HKD", "5.5", 550), ("JPY", "500", 500), ("KWD", "1.234", 1234)],
)
def test_amounts_are_typed_in_the_campaigns_currency_and_kept_in_minor_units(
    acme: Person, outsider: Person, currency: str, typed: str, minor: int
) -> None:
    client = signed_in(acme)
    make_campaign(outsider, status="draft")
    begun = client.get(reverse(PAGE + "add")).content.decode()
    assert 'name="amount_minor" value="0"' in begun

    client.post(
        reverse(PAGE + "add"), terms(currency=currency, amount_minor=typed, budget_minor=typed)
    )

    with tenant_scope(acme.acquirer.id):
        made = Campaign.objects.get()
    assert (made.amount_minor, made.budget_minor, made.cap_minor) == (minor, minor, None)
    shown = client.get(reverse(PAGE + "change", args=[made.pk])).content.decode()
    assert f'name="amount_minor" value="{Money(minor, currency).to_decimal()}"' in shown


@pytest.mark.parametrize("typed", ["5.005", "-1", "five", "1,000.00", "1e3", "9" * 20])
def test_an_amount_that_the_currency_does_not_have_is_refused_and_nothing_made(
    acme: Person, typed: str
) -> None:
    answer = signed_in(acme).post(reverse(PAGE + "add"), terms(amount_minor=typed))

    assert "An amount of HKD, such as 1050.00." in answer.content.decode()
    with platform_scope():
        assert not Campaign.objects.exists()


def test_acts_try_start_issue_share_and_end(acme: Person, outsider: Person) -> None:
    campaign = make_campaign(acme, status="draft")
    client = signed_in(acme)

    def act(name: str, who: Client = client, **said: Any) -> Any:
        return who.post(reverse(PAGE + "act", args=[campaign.pk, name]), said, follow=True)

    tried = act("try", price="120.50", basket="TEA-1, drinks, 3, 18.00").content.decode()
    assert "HKD 120.50 less HKD 20.50 is HKD 100.00." in tried
    assert "Each line: SKU" in act("try", price="1", basket="TEA-1").content.decode()
    assert "The campaign is active." in act("start").content.decode()
    assert "7 codes were issued." in act("issue", count=7).content.decode()
    assert act("issue", count=1_000_001).status_code == 400
    assert "Customers may use TEA10." in act("share", code="tea-10").content.decode()
    assert act("issue", signed_in(acme, Role.FINANCE), count=1).status_code == 403
    assert "Autumn" not in act("issue", signed_in(outsider), count=1).content.decode()
    assert "The campaign is ended." in act("end").content.decode()
    assert "The campaign has ended." in act("issue", count=1).content.decode()
    with platform_scope():
        assert Coupon.objects.count() == 8


def test_codes_are_taken_away_as_csv_and_pdf_and_both_are_on_record(
    acme: Person, outsider: Person
) -> None:
    campaign = make_campaign(acme, name="=Autumn")
    with tenant_scope(acme.acquirer.id):
        issue_codes(campaign, 3, issued_by="staff:ada@example.com")
        withdraw(Coupon.objects.order_by("id")[0])
    csv, pdf = (reverse(f"admin:loyalty_campaign_{kind}", args=[campaign.pk])
                for kind in ("csv", "sheet"))  # fmt: skip
    client = signed_in(acme)

    lines = b"".join(client.get(csv).streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    sheet = client.get(pdf)

    with platform_scope():
        kept = Coupon.objects.filter(status="active").order_by("id")
        codes = [f"{row.code[:4]}-{row.code[4:8]}-{row.code[8:]}" for row in kept]
    assert [line.split(",")[0] for line in lines[1:]] == codes
    assert lines[1].split(",")[1:4] == ["active", "1", "'=Autumn"]
    assert (sheet["Content-Type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
    for other in (signed_in(acme, Role.FINANCE), signed_in(acme, Role.AUDITOR)):
        assert other.get(csv).status_code == other.get(pdf).status_code == 403
    assert signed_in(outsider).get(csv).status_code == 404
    with platform_scope():
        noted = AuditEntry.objects.filter(table="coupon_codes").order_by("id")
        assert [(entry.acquirer_id, entry.row_id) for entry in noted] == [
            (acme.acquirer.id, str(campaign.pk))
        ] * 2
