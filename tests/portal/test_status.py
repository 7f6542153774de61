"""GET /v1/status: what concerns the caller, and nothing of anybody else."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from merchants.models import Store
from portal.models import Banner, Incident
from portal.state import Kind, Level
from tenancy.scope import platform_scope
from tests.conftest import START
from tests.factories.merchants import ApiKeyFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def trouble(person: Person, kind: Kind = Kind.SCHEME_SILENT, **place: Any) -> Incident:
    values: dict[str, Any] = {"level": Level.ACCOUNT, "livemode": False} | place
    with platform_scope():
        return Incident.objects.create(
            acquirer=person.acquirer, kind=kind, value=0.5, sample=40, last_seen_at=START, **values
        )


def banner(person: Person, text: str = "Closed at six", **values: Any) -> Banner:
    given = {"starts_at": START, "ends_at": START + HOUR} | values
    with platform_scope():
        return Banner.objects.create(
            acquirer=person.acquirer, text_en=text, text_zh_hans="六点关门",
            text_zh_hant="六點關門", **given,
        )  # fmt: skip


def status(client: APIClient, **headers: str) -> Any:
    answer = client.get("/v1/status", **headers)
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture(autouse=True)
def _now(clock: ManualClock) -> None:
    """It is START."""


def test_where_nothing_goes_on_all_is_well(api: APIClient) -> None:
    assert status(api) == {"object": "status", "status": "ok", "incidents": [], "banners": []}


def test_an_incident_says_what_to_do_in_the_callers_language(acme: Person, api: APIClient) -> None:
    row = trouble(acme, partner_account=acme.partner_account)

    assert status(api, HTTP_ACCEPT_LANGUAGE="zh-HK") == {
        "object": "status",
        "status": "disrupted",
        "incidents": [
            {
                "id": row.public_id,
                "kind": "scheme_silent",
                "cashier_message": "支付寶目前經常沒有回應。請提供其他付款方式。",
                "store": None,
                "terminal": None,
                "opened_at": "2026-11-22T06:30:05.000Z",
            }
        ],
        "banners": [],
    }


def test_each_hears_of_its_own_and_of_what_is_everybodys(
    ids: None, acme: Person, rival: Person, outsider: Person
) -> None:
    trouble(acme, Kind.FAILING, level=Level.MERCHANT, merchant=acme.merchant)
    trouble(acme, partner_account=acme.partner_account)
    banner(acme, "for all")
    banner(acme, "for acme", merchant=acme.merchant)

    def heard(person: Person) -> tuple[list[str], list[str]]:
        shown = status(person.client())
        kinds = [each["kind"] for each in shown["incidents"]]
        return kinds, [each["text"] for each in shown["banners"]]

    assert heard(acme) == (["scheme_silent", "failing"], ["for acme", "for all"])
    assert heard(rival) == (["scheme_silent"], ["for all"])
    assert heard(outsider) == ([], [])


def test_a_key_of_a_store_hears_of_that_store_only(acme: Person, api: APIClient) -> None:
    with platform_scope():
        other = Store.objects.create(
            acquirer=acme.acquirer, merchant=acme.merchant, name="Pier", scheme_store_id="S9"
        )
    place = {"level": Level.STORE, "merchant": acme.merchant}
    trouble(acme, Kind.FAILING, store=other, **place)
    trouble(acme, Kind.CODE_READS, store=acme.store, terminal=acme.terminal, **place)
    banner(acme, "at the pier", merchant=acme.merchant, store=other)
    bound = client_with(ApiKeyFactory(merchant=acme.merchant, store=acme.store).text)

    shown, whole = status(bound), status(api)

    assert [each["kind"] for each in shown["incidents"]] == ["code_reads"]
    assert shown["incidents"][0]["terminal"] == acme.terminal.public_id
    assert shown["banners"] == []
    assert len(whole["incidents"]) == 2
    assert len(whole["banners"]) == 1


def test_what_has_ended_is_of_the_other_mode_or_is_no_cashiers_business_is_not_told(
    acme: Person, api: APIClient
) -> None:
    trouble(acme, ended_at=START, partner_account=acme.partner_account)
    trouble(acme, livemode=True)
    trouble(acme, Kind.SILENT, level=Level.MERCHANT, merchant=acme.merchant)
    trouble(acme, Kind.ADDRESS_DOWN, level=Level.ADDRESS, address="https://a.example")

    assert status(api)["status"] == "ok"


def test_a_banner_is_shown_from_its_beginning_to_its_end(
    acme: Person, api: APIClient, clock: ManualClock
) -> None:
    banner(acme, starts_at=START + timedelta(seconds=1), ends_at=START + timedelta(seconds=3))

    seen = []
    for _ in range(4):
        seen.append(len(status(api)["banners"]))
        clock.advance(1)

    assert seen == [0, 1, 1, 0]


def test_a_banner_speaks_three_languages(acme: Person, api: APIClient) -> None:
    banner(acme)

    texts = [
        status(api, HTTP_ACCEPT_LANGUAGE=tag)["banners"][0]["text"]
        for tag in ("en", "zh-CN", "zh-TW", "fr")
    ]

    assert texts == ["Closed at six", "六点关门", "六點關門", "Closed at six"]


def test_a_key_without_the_scope_and_no_key_are_refused(acme: Person) -> None:
    key = ApiKeyFactory(merchant=acme.merchant, scopes=["stores:read"])

    assert client_with(key.text).get("/v1/status").json()["code"] == "missing_scope"
    assert APIClient().get("/v1/status").status_code == 401
