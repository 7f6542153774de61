"""The console's pages of settlement: who sees them, and what terms are refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from kernel import ids
from kernel.clock import ManualClock
from settlement.models import Batch, Line, Payout, Schedule
from settlement.services.settle import settle
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person
from tests.settlement.conftest import DAY, Earn, give_account

pytestmark = pytest.mark.django_db

TERMS = {
    "merchant": "", "zone": "Asia/Hong_Kong", "cut_off": "17:00", "cycle": "weekly",
    "closes_on": "4", "open_days": "2", "calendar": "HK", "weekend": ["5", "6"],
    "closures": "2026-12-24", "minimums": "HKD 100.00\nJPY 5000", "reserve_basis_points": "500",
    "reserve_days": "30", "hold_reason": "",
}  # fmt: skip
TWO_MONTHS = [str(date(2027, 1, 1) + timedelta(days=each)) for each in range(61)]


def signed_in(person: Person, role: Role) -> Client:
    staff: Staff = StaffFactory(acquirer=person.acquirer, role=role)
    client = Client()
    assert client.login(username=staff.email, password=PASSWORD)
    return client


def schedules() -> list[Schedule]:
    with platform_scope():
        return list(Schedule.objects.all())


def test_finance_sets_the_acquirers_terms(acme: Person, outsider: Person) -> None:
    answer = signed_in(acme, Role.FINANCE).post("/admin/settlement/schedule/add/", TERMS)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    [row] = schedules()
    assert (row.acquirer_id, row.merchant_id) == (acme.acquirer.id, None)
    assert row.minimum_payouts == {"HKD": 10_000, "JPY": 5_000}
    assert (row.closes_on, row.weekend, row.closures[0].isoformat()) == (4, [5, 6], "2026-12-24")


def test_a_bank_may_be_closed_for_a_month(acme: Person, outsider: Person) -> None:
    said = TERMS | {"closures": ", ".join(TWO_MONTHS[:31])}
    answer = signed_in(acme, Role.FINANCE).post("/admin/settlement/schedule/add/", said)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    [row] = schedules()
    assert row.banks.add(date(2026, 12, 31), 1) == date(2027, 2, 1)


@pytest.mark.parametrize(
    ("field", "said", "fault"),
    [
        ("zone", "Hong Kong", "zone"),
        ("calendar", "XX", "calendar"),
        ("weekend", list("0123456"), "weekend"),
        ("reserve_days", "0", "reserve_days"),
        ("is_held", "on", "hold_reason"),
        ("minimums", "HKD 1.005", "minimums"),
        ("minimums", "JPY 5.5", "minimums"),
        ("minimums", "HKD 1\nHKD 2", "minimums"),
        ("minimums", "a hundred", "minimums"),
        ("reserve_basis_points", "10001", "reserve_basis_points"),
        ("open_days", "31", "open_days"),
        ("closes_on", "7", "closes_on"),
        ("closures", ", ".join(TWO_MONTHS), "closures"),
    ],
)
def test_terms_that_cannot_be_are_refused_and_nothing_is_kept(
    acme: Person, field: str, said: object, fault: str
) -> None:
    client = signed_in(acme, Role.OWNER)

    answer = client.post("/admin/settlement/schedule/add/", TERMS | {field: said})

    assert answer.status_code == 200
    assert fault in answer.context["adminform"].form.errors
    assert schedules() == []


def test_a_new_schedule_begins_with_what_holds_without_one(acme: Person) -> None:
    page = signed_in(acme, Role.OWNER).get("/admin/settlement/schedule/add/")

    form = page.context["adminform"].form
    shown = {name: form[name].value() for name in ("zone", "cycle", "closes_on", "weekend")}
    assert shown == {
        "zone": "Asia/Shanghai", "cycle": "daily", "closes_on": 6, "weekend": [5, 6],
    }  # fmt: skip


def test_an_acquirer_has_one_schedule_of_its_own(acme: Person) -> None:
    client = signed_in(acme, Role.OWNER)
    client.post("/admin/settlement/schedule/add/", TERMS)

    answer = client.post("/admin/settlement/schedule/add/", TERMS)

    assert answer.status_code == 200
    assert len(schedules()) == 1


def test_a_foreign_merchants_terms_cannot_be_set(acme: Person, outsider: Person) -> None:
    said = TERMS | {"merchant": str(outsider.merchant.id)}

    answer = signed_in(acme, Role.OWNER).post("/admin/settlement/schedule/add/", said)

    assert "merchant" in answer.context["adminform"].form.errors
    assert schedules() == []


def test_finance_reads_a_batch_and_its_payout_and_edits_neither(
    acme: Person, earn: Earn, clock: ManualClock
) -> None:
    give_account(acme)
    earn(acme, 12050)
    settle(acme.acquirer, DAY, livemode=False)
    with tenant_scope(acme.acquirer.id):
        batch, payout = Batch.objects.get(), Payout.objects.get()
    client = signed_in(acme, Role.FINANCE)

    page = client.get(f"/admin/settlement/batch/{batch.pk}/change/").content.decode()
    for shown in ("HKD 120.50", "HKD -120.50", payout.public_id, "paid out"):
        assert shown in page
    page = client.get(f"/admin/settlement/payout/{payout.pk}/change/").content.decode()
    assert "••••8901" in page
    assert "012345678901" not in page
    for path in (f"batch/{batch.pk}", f"payout/{payout.pk}"):
        assert client.post(f"/admin/settlement/{path}/change/", {}).status_code == 403


@pytest.mark.parametrize("page", ["batch", "payout", "schedule"])
def test_support_sees_none_of_it(acme: Person, page: str) -> None:
    assert signed_in(acme, Role.SUPPORT).get(f"/admin/settlement/{page}/").status_code == 403


def test_a_line_leads_to_its_payment_and_to_its_batch_in_few_characters(
    acme: Person, outsider: Person, earn: Earn, clock: ManualClock
) -> None:
    """Whole ids made the list wider than a screen of 1280 pixels."""
    for person in (acme, outsider):
        earn(person, 12_050)
        settle(person.acquirer, DAY, livemode=False)
    client = signed_in(acme, Role.FINANCE)
    with tenant_scope(acme.acquirer.id):
        line = Line.objects.get()
        assert line.payment_id is not None
    payment = ids.encode("pay", line.payment_id)

    page = client.get("/admin/settlement/line/")

    assert [row.pk for row in page.context["cl"].result_list] == [line.pk]
    text = page.content.decode()
    address = f"/admin/payments/payment/{line.payment_id}/change/"
    assert f'payment<br><a class="tg-link" href="{address}">…{payment[-8:]}</a>' in text
    batch = f"/admin/settlement/batch/{line.batch_id}/change/"
    assert f'<a class="tg-link" href="{batch}">{DAY}</a>' in text
    shown = client.get(f"/admin/settlement/line/{line.pk}/change/").content.decode()
    assert payment in shown


def test_a_line_that_came_late_names_the_day_of_its_batch(
    acme: Person, outsider: Person, earn: Earn, clock: ManualClock
) -> None:
    late = datetime(2026, 11, 17, 15, 59, tzinfo=UTC)
    for person in (acme, outsider):
        earn(person, 12_050, at=late)
        settle(person.acquirer, DAY, livemode=False)
    with tenant_scope(acme.acquirer.id):
        line = Line.objects.get()
    assert line.business_date == DAY - timedelta(days=1)

    text = signed_in(acme, Role.FINANCE).get("/admin/settlement/line/").content.decode()

    batch = f"/admin/settlement/batch/{line.batch_id}/change/"
    assert f'<a class="tg-link" href="{batch}">{DAY}</a>' in text
