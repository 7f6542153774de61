"""Launches by REST: an acquirer's own system drafts, looks, launches, and sees what it brought."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from loyalty.models import AudienceMember, Coupon, Launch, Tier
from loyalty.services.issue_launch import issue_launch
from tenancy.models import AuditEntry
from tenancy.scope import platform_scope
from tests.factories.coupons import make_campaign
from tests.factories.launches import make_audience, make_launch
from tests.factories.loyalty import make_programme
from tests.factories.merchants import AcquirerKeyFactory
from tests.people import Person, client_with
from tests.portal.test_marketing import put_customer

pytestmark = pytest.mark.django_db
EVERYTHING = ("coupons:read", "coupons:write", "launches:send")


def key_of(person: Person, *scopes: str) -> APIClient:
    key = AcquirerKeyFactory(acquirer=person.acquirer, scopes=list(scopes or EVERYTHING))
    return client_with(key.text)


def draft(client: APIClient, **said: Any) -> Any:
    return client.post("/v1/launches", {"name": "Come again", **said}, format="json")


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.json()
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


def test_a_launch_is_drafted_looked_at_launched_and_read_by_its_acquirer_alone(
    acme: Person, outsider: Person
) -> None:
    programme = make_programme(acme)
    champions, sleepers = make_audience(acme, programme, 12), make_audience(acme, programme, 6)
    for member in champions:
        put_customer(acme, member)
    for member in sleepers:
        put_customer(acme, member, persona="at_risk", visits_year=1)
    campaign = make_campaign(acme, budget_minor=2050 * 20)
    with platform_scope():
        tier = Tier.objects.filter(programme=programme).first()
    assert tier is not None
    segment = {"personas": ["champion"], "visits_from": 2, "tiers": ["none", tier.public_id]}
    ours = key_of(acme)

    made = draft(
        ours, campaign=campaign.public_id, programme=programme.public_id,
        merchant=acme.merchant.public_id, segment=segment, control_basis_points=0,
    )  # fmt: skip

    assert made.status_code == 201, made.json()
    launch = made.json()
    empty = {"risks": [], "recency": [], "frequency": [], "monetary": [], "spend_from": None,
             "spend_until": None, "visits_until": None}  # fmt: skip
    assert launch["segment"] == empty | segment
    assert (launch["status"], launch["targets"], launch["livemode"]) == ("draft", 0, False)
    address = f"/v1/launches/{launch['id']}"
    preview = ours.get(f"{address}/preview").json()
    assert (preview["reached"], preview["held_out"], preview["targets"]) == (15, 0, 15)
    assert (preview["most_per_coupon"], preview["worst_cost"], preview["fault"]) == (
        2050, 30_750, None
    )  # fmt: skip
    assert ours.get(f"{address}/result").json()["code"] == "launch_not_launched"

    sent = ours.post(f"{address}/launch")

    assert (sent.status_code, sent.json()["status"], sent.json()["targets"]) == (202, "issuing", 12)
    with platform_scope():
        row = Launch.objects.get()
    issue_launch(row.id, acquirer_id=row.acquirer_id)
    read = ours.get(address).json()
    assert (read["status"], read["issued"], read["withheld"]) == ("issued", 12, 0)
    with platform_scope():
        assert {each.member_id for each in Coupon.objects.all()} == {each.id for each in champions}
        kept = AuditEntry.objects.filter(table="loyalty_launch", row_id=str(row.id))
        actors = set(kept.values_list("actor", flat=True))
    assert row.launched_by.startswith("ack_")
    assert row.launched_by in actors
    result = ours.get(f"{address}/result").json()
    assert (result["issued"], result["redeemed"], result["control"]) == (12, 0, None)
    assert ours.get(f"{address}/preview").json()["code"] == "launch_not_draft"
    assert ours.post(f"{address}/launch").json()["code"] == "launch_not_draft"
    assert ours.post(f"{address}/stop").json()["code"] == "launch_not_issuing"

    theirs = key_of(outsider)
    for verb, way in (("get", ""), ("get", "/preview"), ("get", "/result"), ("post", "/launch"),
                      ("post", "/stop")):  # fmt: skip
        assert getattr(theirs, verb)(address + way).status_code == 404
    assert theirs.get("/v1/launches").json()["data"] == []
    assert acme.client().get("/v1/launches").json()["code"] == "invalid_api_key"


def test_launches_are_listed_by_status_and_campaign(acme: Person, outsider: Person) -> None:
    programme = make_programme(acme)
    one, two = make_campaign(acme), make_campaign(acme)
    first, second = make_launch(one, programme), make_launch(two, programme)
    make_launch(make_campaign(outsider), make_programme(outsider))
    ours = key_of(acme, "coupons:read")

    def listed(**said: str) -> list[str]:
        return [each["id"] for each in ours.get("/v1/launches", said).json()["data"]]

    assert listed() == [second.public_id, first.public_id]
    assert listed(campaign=one.public_id) == [first.public_id]
    assert listed(status="issued") == []


def test_what_does_not_fit_is_named_and_nothing_is_drafted(
    acme: Person, rival: Person, outsider: Person
) -> None:
    programme = make_programme(acme)
    theirs, foreign_tier = make_campaign(outsider), make_programme(outsider)
    said = {"campaign": make_campaign(acme).public_id, "programme": programme.public_id}
    with platform_scope():
        tier = Tier.objects.filter(programme=foreign_tier).first()
    assert tier is not None
    ours = key_of(acme)
    merchant = acme.merchant.public_id

    assert faults(draft(ours, **said | {"campaign": theirs.public_id})) == [("campaign", "unknown")]
    assert faults(draft(ours, **said, merchant=rival.merchant.public_id)) == [
        ("merchant", "invalid")
    ]
    assert faults(draft(ours, **said, segment={"visits_from": 1})) == [("merchant", "invalid")]
    assert faults(
        draft(ours, **said, merchant=merchant, segment={"spend_from": 9, "spend_until": 8})
    ) == [("segment.spend_until", "invalid")]
    assert faults(draft(ours, **said, segment={"tiers": [tier.public_id]})) == [
        ("segment.tiers", "unknown")
    ]
    assert faults(draft(ours, **said, segment={"personas": ["king"]})) == [
        ("segment.personas.0", "invalid")
    ]
    assert faults(draft(ours, **said, control_basis_points=5001)) == [
        ("control_basis_points", "too_large")
    ]
    with platform_scope():
        assert not Launch.objects.exists()


def test_each_step_wants_its_own_scope_and_a_refusal_moves_nothing(acme: Person) -> None:
    programme = make_programme(acme)
    make_audience(acme, programme, 3)
    launch = make_launch(make_campaign(acme), programme)
    address = f"/v1/launches/{launch.public_id}"
    reader, drafter, sender = (key_of(acme, scope) for scope in EVERYTHING)

    assert drafter.get(address).json()["code"] == "missing_scope"
    assert draft(reader).json()["code"] == "missing_scope"
    assert drafter.post(f"{address}/launch").json()["code"] == "missing_scope"
    refused = sender.post(f"{address}/launch")
    assert (refused.status_code, refused.json()["code"]) == (409, "segment_too_small")
    with platform_scope():
        launch.refresh_from_db()
        assert not AudienceMember.objects.exists()
    assert launch.status == "draft"
