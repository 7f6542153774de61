"""A merchant's page shows its own money and what it has, to whom may see it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.clock import ManualClock
from portal.models import Incident
from portal.slots import begin_of
from portal.state import Kind, Level
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.conftest import START
from tests.factories.events import make_endpoint
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.portal.figures import put
from tests.portal.test_status import trouble

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def page(person: Person, role: Role = Role.OWNER, *, of: Person | None = None) -> Any:
    client = Client()
    client.force_login(StaffFactory(acquirer=person.acquirer, role=role))
    where = reverse("admin:merchants_merchant_change", args=[(of or person).merchant.pk])
    return client.get(where)


def cells(text: str) -> list[str]:
    """What stands in the table of money, cell by cell."""
    body = text.split("<th>HKD</th>", 1)[1].split("</tr>", 1)[0]
    plain = (re.sub(r"<[^>]+>", " ", cell) for cell in re.findall(r"<td.*?</td>", body, re.DOTALL))
    return [" ".join(cell.split()) for cell in plain]


def test_today_seven_and_thirty_days_are_added_up_for_this_merchant_alone(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    now = begin_of(START)
    put(acme, now, tried=2, succeeded=1, failed=1, amount_minor=12050)
    put(acme, now - 6 * DAY, tried=1, succeeded=1, amount_minor=1000)
    put(acme, now - 29 * DAY, tried=1, succeeded=1, amount_minor=5)
    put(acme, now - 31 * DAY, tried=1, succeeded=1, amount_minor=99999)
    put(rival, now, tried=1, succeeded=1, amount_minor=70000)
    put(outsider, now, tried=1, succeeded=1, amount_minor=80000)

    shown = cells(page(acme).content.decode())

    assert shown == [
        "HKD 120.50 1 payments, 50.0%",
        "HKD 130.50 2 payments, 66.7%",
        "HKD 130.55 3 payments, 75.0%",
    ]


def test_a_merchant_without_payments_says_so(acme: Person, clock: ManualClock) -> None:
    assert "No payments in the last 30 days." in page(acme).content.decode()


def test_a_failing_endpoint_is_seen_and_a_foreign_one_is_not(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    make_endpoint(acme, url="https://erp.example/ours", failing_since=START)
    make_endpoint(outsider, url="https://erp.example/theirs")

    shown = page(acme).content.decode()

    assert "https://erp.example/ours" in shown
    assert "failing since 2026-11-22" in shown
    assert "https://erp.example/theirs" not in shown


def test_what_the_merchant_has_is_counted_and_linked(acme: Person, clock: ManualClock) -> None:
    shown = page(acme).content.decode()

    where = (
        reverse("admin:merchants_terminal_changelist") + f"?merchant__id__exact={acme.merchant.pk}"
    )
    assert f'href="{where}">Terminals<small>1</small>' in shown


def test_another_acquirers_merchant_has_no_page(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    put(outsider, begin_of(START), tried=1, succeeded=1, amount_minor=80000)

    assert page(acme, of=outsider).status_code == 302


def test_the_page_costs_a_bounded_number_of_queries(acme: Person, clock: ManualClock) -> None:
    put(acme, begin_of(START), tried=1, succeeded=1, amount_minor=1)
    client = Client()
    client.force_login(StaffFactory(acquirer=acme.acquirer, role=Role.OWNER))
    where = reverse("admin:merchants_merchant_change", args=[acme.merchant.pk])
    with CaptureQueriesContext(connection) as queries:
        assert client.get(where).status_code == 200

    assert len(queries) <= 30


def test_open_incidents_of_the_merchant_are_named_and_nobody_elses(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    place = {"level": Level.STORE, "livemode": True}
    for person in (acme, rival, outsider):
        trouble(person, Kind.FAILING, merchant=person.merchant, store=person.store, **place)
    trouble(acme, Kind.SILENT, merchant=acme.merchant, store=acme.store, ended_at=START, **place)

    shown = page(acme).content.decode()

    linked = re.findall(r"/admin/portal/incident/([0-9a-f-]+)/", shown)
    with platform_scope():
        [own] = Incident.objects.filter(merchant=acme.merchant, ended_at=None)
    assert linked == [str(own.pk)]
    assert "Open incidents" not in page(acme, Role.FINANCE).content.decode()
