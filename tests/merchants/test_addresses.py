"""Addresses in parts, over REST, in a sheet, and as Alipay is told them."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from merchants.addresses import address_of
from merchants.models import Contact, Merchant, Store
from merchants.services.announcement import announcement_of
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import AcquirerKeyFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db

PIER = {
    "line1": "8 Pier Road", "line2": "12th floor", "town": "Hong Kong",
    "region": "Central and Western", "postal_code": "999077",
}  # fmt: skip
BARE = {"line2": "", "region": "", "postal_code": ""}
MACAU = {"line1": "3 Praia Grande", "town": "Macau", "country": "MO"}


@pytest.fixture
def isv(acme: Person) -> APIClient:
    return client_with(AcquirerKeyFactory(acquirer=acme.acquirer).text)


def merchant_of(person: Person) -> str:
    return f"/v1/merchants/{person.merchant.public_id}"


def store_of(person: Person) -> str:
    return f"{merchant_of(person)}/stores/{person.store.public_id}"


def stored(person: Person) -> Store:
    with tenant_scope(person.acquirer.id):
        return Store.objects.select_related("merchant").get(id=person.store.id)


def test_an_address_is_given_in_parts_and_shown_with_its_country(
    isv: APIClient, acme: Person
) -> None:
    said = {"registered_address": PIER, "trading_address": MACAU}

    answer = isv.patch(merchant_of(acme), said, format="json")

    assert answer.status_code == 200
    assert answer.json()["registered_address"] == PIER | {"country": "HK"}
    assert answer.json()["trading_address"] == BARE | MACAU


def test_a_new_address_replaces_the_old_one_whole(isv: APIClient, acme: Person) -> None:
    isv.patch(store_of(acme), {"address": PIER | {"country": "MO"}}, format="json")

    short = {"line1": "1 Queen's Road", "town": "Hong Kong"}
    answer = isv.patch(store_of(acme), {"address": short}, format="json")

    assert answer.json()["address"] == BARE | short | {"country": "HK"}
    assert isv.patch(store_of(acme), {"name": "Peak"}, format="json").json()["address"] == (
        BARE | short | {"country": "HK"}
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"address": PIER | {"country": "XX"}}, "address.country"),
        ({"address": PIER | {"country": "hk"}}, "address.country"),
        ({"address": {"line1": "1 Queen's Road"}}, "address.town"),
        ({"address": PIER | {"street": "Pier Road"}}, "address.street"),
        ({"address": "1 Queen's Road"}, "address"),
        ({"location": {"latitude": 90.000001, "longitude": 0}}, "location.latitude"),
        ({"location": {"latitude": 0, "longitude": -180.5}}, "location.longitude"),
        ({"location": {"latitude": 22.28}}, "location.longitude"),
        ({"location": {"latitude": "22.28", "longitude": 114}}, "location.latitude"),
    ],
)
def test_a_wrong_place_is_refused_and_nothing_moves(
    isv: APIClient, acme: Person, said: dict[str, Any], field: str
) -> None:
    answer = isv.patch(store_of(acme), {"name": "Moved"} | said, format="json")

    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    store = stored(acme)
    assert (store.name, store.line1, store.latitude) == ("Harbour Tea Central", "", None)


def test_a_location_is_kept_to_six_places_and_taken_away_by_null(
    isv: APIClient, acme: Person
) -> None:
    place = {"latitude": 22.28190049, "longitude": -114}

    answer = isv.patch(store_of(acme), {"location": place}, format="json")

    assert answer.json()["location"] == {"latitude": 22.2819, "longitude": -114.0}
    assert stored(acme).latitude == Decimal("22.281900")
    assert isv.patch(store_of(acme), {"location": None}, format="json").json()["location"] is None


def test_no_other_acquirers_store_moves(isv: APIClient, outsider: Person) -> None:
    answer = isv.patch(store_of(outsider), {"address": PIER}, format="json")

    assert answer.status_code == 404
    assert stored(outsider).line1 == ""


def test_alipay_is_told_where_the_store_is_and_whom_to_call(
    acme: Person, isv: APIClient, outsider: Person
) -> None:
    isv.patch(merchant_of(acme), {"registered_address": PIER}, format="json")
    isv.patch(store_of(acme), {"address": MACAU}, format="json")
    with platform_scope():
        for person, role, phone in (
            (outsider, "business", "+852 0000 0000"),
            (acme, "finance", "+852 1111 1111"),
            (acme, "business", "+852 2123-4567"),
        ):
            Contact.objects.create(
                acquirer=person.acquirer, merchant=person.merchant, role=role, phone=phone,
                contact_name="Mei Wong", email=f"{role}@tea.example",
            )  # fmt: skip

    with tenant_scope(acme.acquirer.id):
        told = announcement_of(stored(acme))

    assert (told.store_country, told.register_country) == ("MO", "HK")
    assert told.store_address == "3 Praia Grande, Macau"
    assert told.register_address == (
        "8 Pier Road, 12th floor, Hong Kong, Central and Western 999077"
    )
    assert (told.contact_phone, told.contact_email) == ("+8522123-4567", "business@tea.example")


def test_the_longest_address_fits_into_what_alipay_takes(acme: Person) -> None:
    merchant = Merchant(
        acquirer=acme.acquirer, country="HK", registered_line1="a" * 128,
        registered_line2="b" * 128, registered_town="c" * 64,
    )  # fmt: skip

    assert str(address_of(merchant, "registered_")) == f"{'a' * 128}, {'b' * 126}"
