"""``member`` on ``POST /v1/payments``: who may be named, and what a repetition must say."""

import pytest
from rest_framework.test import APIClient

from loyalty.services.forget import forget_member
from payments.models import Payment
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_member, make_programme
from tests.fakes import PAID, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by_card", [True, False])
def test_a_till_names_the_member_by_card_or_id(
    api: APIClient, acme: Person, scheme: FakeScheme, by_card: bool
) -> None:
    member = make_member(acme, make_programme(acme))
    scheme.will("pay", PAID)
    said = member.card_number if by_card else member.public_id

    answer = api.post("/v1/payments", body(acme, member=said), format="json", **NOW)

    assert (answer.status_code, answer.json()["member"]) == (201, member.public_id)
    assert api.get(f"/v1/payments/{answer.json()['id']}").json()["member"] == member.public_id
    with platform_scope():
        assert Payment.objects.get().member_id == member.id


def test_card_and_id_are_the_same_member_and_another_or_none_is_a_conflict(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    programme = make_programme(acme)
    member, other = make_member(acme, programme), make_member(acme, programme)
    scheme.will("pay", PAID)
    api.post("/v1/payments", body(acme, member=member.card_number), format="json", **NOW)

    again = api.post("/v1/payments", body(acme, member=member.public_id), format="json", **NOW)
    refused = [
        api.post("/v1/payments", body(acme, **changes), format="json", **NOW)
        for changes in ({}, {"member": other.public_id}, {"member": "900000000000000000"})
    ]

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (409, "reference_reused")
        assert [fault["field"] for fault in answer.json()["errors"]] == ["member"]
    assert scheme.kinds() == ["pay"]


def test_who_is_no_member_of_the_merchant_is_named_and_nothing_is_charged(
    api: APIClient, acme: Person, rival: Person, outsider: Person, scheme: FakeScheme
) -> None:
    ours = make_programme(acme)
    forgotten = make_member(acme, ours)
    card = forgotten.card_number
    with platform_scope():
        forget_member(forgotten)
    strangers = [
        card,
        forgotten.public_id,
        make_member(acme, ours, livemode=True).card_number,
        make_member(rival, make_programme(rival)).card_number,
        make_member(outsider, make_programme(outsider)).public_id,
        "Mei Wong",
        acme.store.public_id,
    ]

    for number, said in enumerate(strangers):
        order = body(acme, member=said, merchant_reference=f"T-{number}")
        answer = api.post("/v1/payments", order, format="json", **NOW)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
        assert [fault["field"] for fault in answer.json()["errors"]] == ["member"]
    with platform_scope():
        assert not Payment.objects.exists()
    assert scheme.kinds() == []


def test_a_merchant_of_the_same_programme_sells_to_its_members(
    acme: Person, rival: Person, scheme: FakeScheme
) -> None:
    member = make_member(acme, make_programme(acme, rival))
    scheme.will("pay", PAID)

    order = body(rival, member=member.card_number)
    answer = rival.client().post("/v1/payments", order, format="json", **NOW)

    assert answer.json()["member"] == member.public_id
