"""Fee plans in the console: two people where it counts; a merchant's page says its plan."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from kernel.clock import ManualClock
from proposals.models import Proposal
from proposals.services.decide import approve
from settlement.models import FeeAssignment, FeePlan, FeeVersion, VatRate
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.settlement.conftest import DAY
from tests.settlement.test_admin import signed_in
from tests.settlement.test_fees import assign, plan_of

pytestmark = pytest.mark.django_db

SAID = {
    "name": "Standard", "starts_on": "2026-11-19", "prices": "HKD 0.85% + 0.50\nJPY 1%",
    "tiers": "whole", "rounding": "half_even", "on_refund": "kept", "on_cancel": "returned",
}  # fmt: skip
NEXT = {**SAID, "starts_on": "2026-11-20", "prices": "HKD 2%", "reason": "Dearer."}
CHANGE = "/admin/settlement/feeplan/{}/act/change/"


@pytest.fixture(autouse=True)
def _clock(clock: ManualClock) -> ManualClock:
    return clock


def versions() -> list[tuple[int, date, list[str]]]:
    with platform_scope():
        rows = FeeVersion.objects.order_by("plan_id", "number")
        return [(row.number, row.starts_on, [str(p) for p in row.price_list]) for row in rows]


def approve_as(person: Person, role: Role) -> str:
    with tenant_scope(person.acquirer.id):
        proposal = Proposal.objects.get(status="pending")
        return str(
            approve(
                proposal.id, staff=StaffFactory(acquirer=person.acquirer, role=role)
            ).proposal.status
        )


def test_a_plan_is_one_persons_until_a_merchant_is_charged_by_it(acme: Person) -> None:
    client = signed_in(acme, Role.FINANCE)
    answer = client.post("/admin/settlement/feeplan/add/", SAID)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    with tenant_scope(acme.acquirer.id):
        plan = FeePlan.objects.get()
    assert versions() == [(1, date(2026, 11, 19), ["HKD 0.85% + 0.50", "JPY 1%"])]

    client.post(CHANGE.format(plan.pk), NEXT)
    assert [number for number, *_ in versions()] == [1, 2]
    assign(acme, plan, DAY.replace(day=19), at=datetime.fromisoformat("2026-11-19T00:00:00Z"))
    client.post(CHANGE.format(plan.pk), NEXT | {"prices": "HKD 3%"})

    assert len(versions()) == 2
    assert approve_as(acme, Role.OWNER) == "approved"
    assert versions()[2] == (3, date(2026, 11, 20), ["HKD 3%"])
    page = client.get(f"/admin/settlement/feeplan/{plan.pk}/change/").content.decode()
    for shown in ("HKD 0.85% + 0.50", "HKD 3%", acme.merchant.display_name, "half even"):
        assert shown in page


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"prices": "HKD"}, "prices"),
        ({"prices": "HKD above 5.00: 1%"}, "prices"),
        ({"starts_on": ""}, "starts_on"),
        ({"tiers": "none"}, "tiers"),
        ({"name": ""}, "name"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_kept(
    acme: Person, said: dict[str, str], fault: str
) -> None:
    answer = signed_in(acme, Role.OWNER).post("/admin/settlement/feeplan/add/", SAID | said)

    assert fault in answer.context["adminform"].form.errors
    with platform_scope():
        assert (FeePlan.objects.count(), FeeVersion.objects.count()) == (0, 0)


def test_a_version_that_would_touch_the_past_is_refused_in_words(acme: Person) -> None:
    plan = plan_of(acme)

    answer = signed_in(acme, Role.OWNER).post(
        CHANGE.format(plan.pk), NEXT | {"starts_on": "2026-11-19"}
    )

    assert "Not before 2026-11-20: what was charged stays." in answer.content.decode()
    assert len(versions()) == 1


def test_two_people_assign_a_plan_and_the_merchants_page_says_it(
    acme: Person, outsider: Person
) -> None:
    plan, other = plan_of(acme), plan_of(outsider)
    client = signed_in(acme, Role.FINANCE)
    place = f"/admin/merchants/merchant/{acme.merchant.pk}/"
    assert "no fee plan" in client.get(f"{place}change/").content.decode()
    said = {"plan": str(plan.pk), "starts_on": "2026-11-19", "reason": "By contract."}

    refused = client.post(f"{place}act/fee_plan/", said | {"plan": str(other.pk)})
    assert refused.status_code == 400
    client.post(f"{place}act/fee_plan/", said)
    with platform_scope():
        assert FeeAssignment.objects.count() == 0
    assert approve_as(acme, Role.FINANCE) == "approved"

    with platform_scope():
        row = FeeAssignment.objects.get()
    assert (row.merchant_id, row.plan_id, row.starts_on) == (
        acme.merchant.id,
        plan.id,
        date(2026, 11, 19),
    )
    assert row.approved_by not in ("", row.made_by)
    page = client.get(f"{place}change/").content.decode()
    assert plan.name in page
    assert "HKD 0.85% + 0.50" in page


def test_a_proposal_that_waited_too_long_is_refused_when_it_would_touch_the_past(
    acme: Person, clock: ManualClock
) -> None:
    plan = plan_of(acme)
    said: dict[str, Any] = {"plan": str(plan.pk), "starts_on": "2026-11-19", "reason": "Contract."}
    place = f"/admin/merchants/merchant/{acme.merchant.pk}/act/fee_plan/"
    signed_in(acme, Role.FINANCE).post(place, said)
    clock.advance(86_400)

    assert approve_as(acme, Role.OWNER) == "refused"

    with platform_scope():
        assert FeeAssignment.objects.count() == 0


def test_finance_adds_a_rate_of_vat_and_nobody_edits_it(acme: Person) -> None:
    said = {"country": "HK", "basis_points": "500", "starts_on": "2026-11-01",
            "treatment": "taxed", "note": "VAT"}  # fmt: skip
    client = signed_in(acme, Role.FINANCE)
    answer = client.post("/admin/settlement/vatrate/add/", said)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    again = client.post("/admin/settlement/vatrate/add/", said)
    assert "starts_on" in again.context["adminform"].form.errors

    with platform_scope():
        row = VatRate.objects.get()
    assert (row.country, row.basis_points, row.acquirer_id) == ("HK", 500, acme.acquirer.id)
    assert client.get(f"/admin/settlement/vatrate/{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.OPERATIONS, Role.AUDITOR])
def test_others_change_no_fees(acme: Person, role: Role) -> None:
    plan = plan_of(acme)
    client: Client = signed_in(acme, role)

    for address in (
        "/admin/settlement/feeplan/add/",
        CHANGE.format(plan.pk),
        f"/admin/merchants/merchant/{acme.merchant.pk}/act/fee_plan/",
        "/admin/settlement/vatrate/add/",
    ):
        assert client.post(address, SAID).status_code == 403
    assert len(versions()) == 1


def test_a_foreign_plan_is_not_found(acme: Person, outsider: Person) -> None:
    plan = plan_of(outsider)

    answer = signed_in(acme, Role.OWNER).get(f"/admin/settlement/feeplan/{plan.pk}/change/")

    assert answer.status_code == 302  # to the list: there is no such plan
