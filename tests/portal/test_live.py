"""Live health's page, its figures, the banners' page: who sees what, and who may raise a banner."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.clock import ManualClock
from portal.measures import GROUPS, FailureGroup
from portal.models import Banner
from portal.services.watch import watch_rates
from portal.slots import begin_of
from tenancy.models import Acquirer
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.conftest import START
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.portal.figures import put

pytestmark = pytest.mark.django_db
TILL = "Harbour Tea, Harbour Tea Central, Till 1"
UNREAD = [12 if group is FailureGroup.CODE_READ else 0 for group in GROUPS]


def client_of(acquirer: Acquirer | None, role: Role = Role.OPERATIONS) -> Client:
    client = Client()
    client.force_login(StaffFactory(acquirer=acquirer, role=role))
    return client


def figures(client: Client, **words: str) -> Any:
    answer = client.get(reverse("admin:portal_incident_live_figures"), words)
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture(autouse=True)
def _both_in_trouble(acme: Person, outsider: Person, clock: ManualClock) -> None:
    for person, tried in ((acme, 40), (outsider, 60)):
        put(person, begin_of(START), tried=tried, succeeded=tried - 12, failed=12, failures=UNREAD)
    watch_rates()


def test_the_figures_name_the_trouble_and_the_worst_places(acme: Person) -> None:
    live = figures(client_of(acme.acquirer))

    assert [row["what"] for row in live["incidents"]] == [
        f"{TILL} reads many payment codes that Alipay does not know"
    ]
    assert live["incidents"][0]["measured"] == "30% of 40 payments"
    assert live["accounts"] == [[str(acme.partner_account), "40", "70.0%", "0.0%", "–", "–"]]  # noqa: RUF001
    assert live["stores"] == [["Harbour Tea, Harbour Tea Central", "40", "70.0%", "0"]]
    assert live["tills"] == [[TILL, "40", "12", "30.0%"]]


def test_another_acquirers_trouble_is_not_there(acme: Person, outsider: Person) -> None:
    operator = figures(client_of(None, Role.OPERATOR), mode="test")

    assert len(figures(client_of(acme.acquirer))["accounts"]) == 1
    assert len(operator["accounts"]) == len(operator["tills"]) == 2
    asked = {"acquirer": outsider.acquirer.public_id, "merchant": outsider.merchant.public_id}
    assert figures(client_of(acme.acquirer), **asked)["tills"][0][1] == "40"


def test_live_shows_nothing_of_test(acme: Person) -> None:
    live = figures(client_of(acme.acquirer), mode="live")

    assert (live["incidents"], live["accounts"], live["tills"]) == ([], [], [])


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 200),
        (Role.OPERATIONS, 200),
        (Role.SUPPORT, 200),
        (Role.AUDITOR, 200),
        (Role.FINANCE, 403),
    ],
)
def test_the_page_is_for_the_roles_that_look_after_it(
    acme: Person, role: Role, status: int
) -> None:
    client = client_of(acme.acquirer, role)

    for name in ("live", "live_figures", "changelist"):
        assert client.get(reverse(f"admin:portal_incident_{name}")).status_code == status


def test_a_page_without_a_script_in_it_shows_what_its_figures_say(acme: Person) -> None:
    text = client_of(acme.acquirer).get(reverse("admin:portal_incident_live")).content.decode()

    assert "30% of 40 payments" in text
    ours = text[text.index('id="pl-live"') :]
    assert "portal/live.js" in text
    assert "onclick=" not in ours


def banner_form(**changes: str) -> dict[str, str]:
    return {
        "merchant": "", "store": "", "severity": "warning", "text_en": "Alipay is slow",
        "text_zh_hans": "支付宝较慢", "text_zh_hant": "支付寶較慢",
        "starts_at_0": "2026-11-22", "starts_at_1": "06:00:00",
        "ends_at_0": "2026-11-22", "ends_at_1": "08:00:00",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("role", "made"), [(Role.OWNER, 1), (Role.OPERATIONS, 1), (Role.SUPPORT, 0), (Role.FINANCE, 0)]
)
def test_a_banner_is_raised_by_owners_and_operations(acme: Person, role: Role, made: int) -> None:
    answer = client_of(acme.acquirer, role).post(reverse("admin:portal_banner_add"), banner_form())

    assert answer.status_code == (302 if made else 403)
    with tenant_scope(acme.acquirer.id):
        assert Banner.objects.count() == made


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_at_1": "05:00:00"},
        {"ends_at_1": "06:00:00"},
        {"text_zh_hans": ""},
        {"merchant": "theirs"},
        {"store": "ours"},  # without its merchant
    ],
)
def test_a_banner_that_is_wrong_is_not_raised(
    acme: Person, outsider: Person, changes: dict[str, str]
) -> None:
    ids = {"theirs": str(outsider.merchant.id), "ours": str(acme.store.id)}
    sent = banner_form(**{name: ids.get(value, value) for name, value in changes.items()})

    answer = client_of(acme.acquirer).post(reverse("admin:portal_banner_add"), sent)

    assert answer.status_code == 200
    with platform_scope():
        assert Banner.objects.count() == 0


def test_the_operator_raises_a_banner_for_an_acquirer_and_its_own_merchants(
    acme: Person, outsider: Person
) -> None:
    client = client_of(None, Role.OPERATOR)
    sent = banner_form(acquirer=str(acme.acquirer.id))
    page = reverse("admin:portal_banner_add")

    crossed = client.post(page, sent | {"merchant": str(outsider.merchant.id)})
    right = client.post(page, sent | {"merchant": str(acme.merchant.id)})

    assert (crossed.status_code, right.status_code) == (200, 302)
    assert b'name="acquirer"' not in client_of(acme.acquirer).get(page).content
    with platform_scope():
        assert [row.merchant_id for row in Banner.objects.all()] == [acme.merchant.id]


def test_a_banner_is_ended_and_never_deleted(acme: Person) -> None:
    client = client_of(acme.acquirer, Role.OWNER)
    client.post(reverse("admin:portal_banner_add"), banner_form())
    with platform_scope():
        row = Banner.objects.get()

    ended = banner_form(ends_at_1="06:30:00")
    change = client.post(reverse("admin:portal_banner_change", args=[row.id]), ended)
    delete = client.post(reverse("admin:portal_banner_delete", args=[row.id]), {"post": "yes"})

    assert (change.status_code, delete.status_code) == (302, 403)
    with platform_scope():
        # what is typed is the acquirer's time: half past six in Hong Kong
        assert Banner.objects.get().ends_at == datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
