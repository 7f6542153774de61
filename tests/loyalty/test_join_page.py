"""Joining by a link: signed, ending, once per form, in the customer's language."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from loyalty.models import Consent, Member, Programme
from loyalty.pages import views
from loyalty.services.forget import forget_member
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_member, make_programme
from tests.people import Person

pytestmark = pytest.mark.django_db
SAID = {"name": "Mei Wong", "phone": "+85291234567", "email": "", "membership": "on"}


def make_link(api: APIClient, days: int = 30) -> str:
    answer = api.get("/v1/join_link", {"days": days})
    assert answer.status_code == 200, answer.json()
    assert answer.json()["qr_svg"].startswith("<?xml")
    return str(answer.json()["url"]).partition("/join/")[2]


def form_of(page: Any) -> str:
    found = re.search(r'name="form" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def test_a_customer_joins_once_and_gets_a_card(api: APIClient, acme: Person) -> None:
    programme = make_programme(acme)
    browser, path = Client(), f"/join/{make_link(api)}"
    page = browser.get(path, HTTP_ACCEPT_LANGUAGE="zh-hant")
    said = SAID | {"wallet": "on", "form": form_of(page)}

    answers = [browser.post(path, said, HTTP_ACCEPT_LANGUAGE="zh-hant") for _ in range(2)]
    card = browser.get(answers[0]["Location"])

    assert (page["Content-Language"], page["Cache-Control"].split(",")[0]) == (
        "zh-hant",
        "max-age=0",
    )
    assert "unsafe" not in page["Content-Security-Policy"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert [answer.status_code for answer in answers] == [302, 302]
    with platform_scope():
        member = Member.objects.get()
        agreed = list(
            Consent.objects.order_by("id").values_list("purpose", "wording_version", "recorded_by")
        )
    assert (member.programme_id, member.person_name, member.livemode) == (
        programme.id,
        "Mei Wong",
        False,
    )
    assert agreed == [
        ("membership", "page-2026-11/zh-hant", "customer"),
        ("wallet", "page-2026-11/zh-hant", "customer"),
    ]
    assert card.status_code == 200
    assert member.card_number is not None
    assert f"{member.card_number[:4]} {member.card_number[4:8]}" in card.content.decode()


def test_without_consent_or_with_a_wrong_number_nobody_joins(api: APIClient, acme: Person) -> None:
    make_programme(acme)
    path = f"/join/{make_link(api)}"
    form = form_of(Client().get(path))

    for changes in ({"membership": ""}, {"phone": "91234567"}, {"email": "mei"}, {"form": "x"}):
        assert Client().post(path, SAID | {"form": form} | changes).status_code == 400
    with platform_scope():
        assert not Member.objects.exists()


def test_a_link_that_is_over_forged_or_of_a_closed_programme_lets_nobody_in(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    make_programme(acme)
    token = make_link(api, days=1)
    assert Client().get(f"/join/{token}").status_code == 200

    assert Client().get(f"/join/{token[:-1]}x").status_code == 410
    with platform_scope():
        Programme.objects.update(status="closed")
    assert Client().get(f"/join/{token}").status_code == 410
    with platform_scope():
        Programme.objects.update(status="active")
    clock.advance(timedelta(days=1).total_seconds())
    assert Client().get(f"/join/{token}").status_code == 410


def test_a_card_ends_with_its_day_and_with_the_member(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    from loyalty.join_links import write_card

    programme = make_programme(acme)
    member, other = make_member(acme, programme), make_member(acme, programme)
    path, others = (f"/join/card/{write_card(each.id)}" for each in (member, other))
    with platform_scope():
        forget_member(other)

    assert [Client().get(each).status_code for each in (path, others)] == [200, 410]
    clock.advance(timedelta(days=1).total_seconds())
    assert Client().get(path).status_code == 410


def test_too_many_tries_are_told_to_wait(
    api: APIClient, acme: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_programme(acme)
    token = make_link(api)
    monkeypatch.setattr(views._Looks, "attempts", (1, 600))

    answers = [Client(REMOTE_ADDR="198.51.100.77").get(f"/join/{token}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]


@pytest.mark.parametrize(
    ("picture", "kind", "begins"),
    [
        ("qr.svg", "image/svg+xml", b"<?xml"),
        ("qr.png", "image/png", b"\x89PNG"),
        ("barcode.svg", "image/svg+xml", b"<?xml"),
    ],
)
def test_a_card_is_a_picture_for_whoever_may_see_the_member(
    api: APIClient, outsider: Person, acme: Person, picture: str, kind: str, begins: bytes
) -> None:
    member = make_member(acme, make_programme(acme))
    path = f"/v1/members/{member.public_id}/card/{picture}"

    answer = api.get(path)

    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert answer.content.startswith(begins)
    assert outsider.client().get(path).status_code == 404
    assert api.get(f"/v1/members/{member.public_id}/card/qr.gif").status_code == 404
    with platform_scope():
        forget_member(member)
    assert api.get(path).status_code == 409


def test_a_till_reads_the_rules_of_its_programme(
    api: APIClient, acme: Person, outsider: Person
) -> None:
    programme = make_programme(acme)

    shown = api.get("/v1/programme").json()

    assert (shown["id"], shown["name"]) == (programme.public_id, programme.name)
    assert shown["earn"] == [{"currency": "HKD", "points": 1, "per_minor": 100}]
    assert [tier["name"] for tier in shown["tiers"]] == ["Silver", "Gold"]
    assert outsider.client().get("/v1/programme").status_code == 409
