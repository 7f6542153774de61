"""``/v1/settlements``: a key sees its merchant's, in its mode, and nobody else's."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from settlement.services.settle import settle
from tests.factories.merchants import ApiKeyFactory
from tests.people import Person, client_with
from tests.settlement.conftest import DAY, NOON, Earn, give_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(acme: Person, rival: Person, outsider: Person, earn: Earn, clock: ManualClock) -> None:
    """Three merchants, each with a batch; acme's first is of the day before."""
    give_account(acme)
    earn(acme, 700, at=NOON - timedelta(days=1))
    settle(acme.acquirer, DAY - timedelta(days=1), livemode=False)
    clock.advance(1)
    for person, minor in ((acme, 12050), (rival, 500), (outsider, 900)):
        earn(person, minor)
    settle(acme.acquirer, DAY, livemode=False)
    settle(outsider.acquirer, DAY, livemode=False)


@pytest.mark.usefixtures("settled")
def test_a_key_lists_its_merchants_settlements_newest_first(api: APIClient) -> None:
    answer = api.get("/v1/settlements").json()

    assert [(each["business_date"], each["sales"]) for each in answer["data"]] == [
        ("2026-11-18", 12050),
        ("2026-11-17", 700),
    ]
    only = api.get("/v1/settlements?business_date_gte=2026-11-18").json()["data"]
    assert [each["number"] for each in only] == [2]


@pytest.mark.usefixtures("settled")
def test_a_settlement_adds_up_and_masks_the_account(api: APIClient) -> None:
    row = api.get("/v1/settlements").json()["data"][0]

    whole = api.get(f"/v1/settlements/{row['id']}").json()

    assert whole == row
    moved = (
        "opening", "sales", "cancels", "refunds", "adjustments", "promotions", "fees", "vat",
        "reserved", "released", "paid_out",
    )  # fmt: skip
    assert sum(whole[name] for name in moved) == whole["closing"] == 0
    assert whole["payout"]["account_number"] == "••••8901"


@pytest.mark.usefixtures("settled")
def test_nobody_elses_settlement_is_found(api: APIClient, rival: Person, outsider: Person) -> None:
    for other in (rival, outsider):
        [row] = other.client().get("/v1/settlements").json()["data"]
        answer = api.get(f"/v1/settlements/{row['id']}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.usefixtures("settled")
def test_the_scope_is_needed(acme: Person) -> None:
    key = ApiKeyFactory(merchant=acme.merchant, scopes=["payments:read"])

    answer = client_with(key.text).get("/v1/settlements")

    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("text", ["18.11.2026", "2026-11-31", "1"])
def test_what_is_no_day_is_refused_with_its_field(api: APIClient, text: str) -> None:
    answer = api.get("/v1/settlements", {"business_date_lt": text})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["business_date_lt"]
