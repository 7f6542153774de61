"""``/v1/members``: joining at the till, finding, listing, agreeing, forgetting; whose they are."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from loyalty.member_state import EntryKind
from loyalty.models import Consent, Member, PointsEntry, WalletLink
from loyalty.services.points import Cause, add_points
from tenancy.models import AuditEntry
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_member, make_programme
from tests.factories.merchants import ApiKeyFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db
MEI = {
    "name": "Mei Wong",
    "phone": "+85291234567",
    "email": "mei@tea.example",
    "consents": [
        {"purpose": "membership", "wording_version": "2026-11"},
        {"purpose": "wallet", "wording_version": "2026-11"},
    ],
}


def join(api: APIClient, content: Any = None, **headers: str) -> Any:
    return api.post("/v1/members", MEI if content is None else content, format="json", **headers)


def test_a_customer_joins_at_the_till(api: APIClient, acme: Person, clock: ManualClock) -> None:
    programme = make_programme(acme)

    answer = join(api)

    shown = answer.json()
    assert answer.status_code == 201
    assert shown.pop("id").startswith("mem_")
    assert len(shown.pop("card_number")) == 18
    at = "2026-11-22T06:30:05.000Z"
    assert shown == {
        "object": "member", "livemode": False, "status": "active", "programme": programme.name,
        "name": "Mei Wong", "phone": "+85291234567", "email": "mei@tea.example",
        "points": 0, "points_last_12_months": 0, "tier": None, "wallet_is_known": False,
        "consents": [
            {"purpose": "membership", "given": True, "wording_version": "2026-11",
             "recorded_at": at},
            {"purpose": "wallet", "given": True, "wording_version": "2026-11", "recorded_at": at},
        ],
        "joined_at": at, "forgotten_at": None,
    }  # fmt: skip


def test_a_card_alone_makes_a_member(api: APIClient, acme: Person) -> None:
    make_programme(acme)

    shown = join(api, {}).json()

    assert (shown["name"], shown["phone"], shown["email"]) == (None, None, None)
    assert (shown["consents"], shown["status"]) == ([], "active")


def test_the_table_holds_no_word_of_the_person(api: APIClient, acme: Person) -> None:
    make_programme(acme)

    join(api)

    with platform_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(m)::text FROM loyalty_member m")
        [(row,)] = cursor.fetchall()
        trail = str(list(AuditEntry.objects.values_list("after", flat=True)))
    assert [word for word in ("Mei", "9123", "tea.example") if word in row + trail] == []
    assert row.count("tg1.") == 3


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("phone", "91234567", "invalid"),
        ("email", "mei", "not_an_email"),
        ("name", "", "too_short"),
        ("name", "x\n", "control_character"),
        ("consents", [{"purpose": "sale", "wording_version": "1"}], "unknown_purpose"),
        ("birthday", "2000-01-01", "unknown_field"),
    ],
)
def test_bad_input_is_named_and_nobody_joins(
    api: APIClient, acme: Person, field: str, value: Any, code: str
) -> None:
    make_programme(acme)

    answer = join(api, MEI | {field: value})

    fault = answer.json()["errors"][0]
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert (fault["field"].partition(".")[0], fault["code"]) == (field, code)
    with platform_scope():
        assert not Member.objects.exists()


@pytest.mark.parametrize("options", [None, {"status": "closed"}])
def test_without_an_open_programme_nobody_joins(
    api: APIClient, acme: Person, options: dict[str, str] | None
) -> None:
    if options is not None:
        make_programme(acme, **options)

    answer = join(api)

    assert (answer.status_code, answer.json()["code"]) == (409, "no_programme")
    with platform_scope():
        assert not Member.objects.exists()


def test_the_same_key_joins_once(api: APIClient, acme: Person) -> None:
    make_programme(acme)

    first = join(api, HTTP_IDEMPOTENCY_KEY="k-1")
    again = join(api, HTTP_IDEMPOTENCY_KEY="k-1")
    other = join(api, {}, HTTP_IDEMPOTENCY_KEY="k-1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json() == first.json()
    with platform_scope():
        assert Member.objects.count() == 1


def test_a_member_is_found_by_the_card(api: APIClient, acme: Person) -> None:
    programme = make_programme(acme)
    member, _other = make_member(acme, programme), make_member(acme, programme)
    card = member.card_number or ""

    found = api.get("/v1/members", {"card_number": f"{card[:4]} {card[4:]}"}).json()
    wrong = api.get("/v1/members", {"card_number": card[:-1] + str((int(card[-1]) + 1) % 10)})

    assert [each["id"] for each in found["data"]] == [member.public_id]
    assert wrong.json()["errors"][0]["code"] == "not_a_card_number"


def test_lists_go_by_pages_newest_first(api: APIClient, acme: Person) -> None:
    programme = make_programme(acme)
    members = [make_member(acme, programme) for _ in range(5)]

    first = api.get("/v1/members", {"limit": 3}).json()
    rest = api.get("/v1/members", {"limit": 3, "cursor": first["next_cursor"]}).json()

    ids = [each["id"] for each in first["data"] + rest["data"]]
    assert ids == [member.public_id for member in reversed(members)]
    assert (first["has_more"], rest["has_more"]) == (True, False)


def test_a_page_costs_the_same_whatever_its_length(
    api: APIClient, acme: Person, django_assert_max_num_queries: Any
) -> None:
    programme = make_programme(acme)
    for _ in range(3):
        make_member(acme, programme)

    with django_assert_max_num_queries(10):
        assert len(api.get("/v1/members").json()["data"]) == 3


def test_merchants_of_one_programme_share_its_members(
    api: APIClient, acme: Person, rival: Person
) -> None:
    make_programme(acme, rival)
    member = join(api).json()

    assert rival.client().get(f"/v1/members/{member['id']}").json() == member
    assert rival.client().get("/v1/members").json()["data"] == [member]


def test_another_programme_another_acquirer_and_the_other_mode_see_nothing(
    api: APIClient, acme: Person, rival: Person, outsider: Person
) -> None:
    programme = make_programme(acme)
    make_programme(rival)
    make_programme(outsider)
    member = make_member(acme, programme)
    live = client_with(ApiKeyFactory(merchant=acme.merchant, livemode=True).text)

    for client in (rival.client(), outsider.client(), live):
        path = f"/v1/members/{member.public_id}"
        assert client.get("/v1/members").json()["data"] == []
        assert client.get("/v1/members", {"card_number": member.card_number}).json()["data"] == []
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/points").status_code == 404
        assert client.post(f"{path}/forget", {}, format="json").status_code == 404
        consent = {"purpose": "marketing", "wording_version": "1", "given": True}
        assert client.post(f"{path}/consents", consent, format="json").status_code == 404
    with platform_scope():
        assert Member.objects.get(id=member.id).status == "active"
        assert not Consent.objects.exists()


def test_a_key_needs_the_scopes_of_members(acme: Person) -> None:
    member = make_member(acme, make_programme(acme))
    reader = client_with(ApiKeyFactory(merchant=acme.merchant, scopes=["members:read"]).text)
    till = client_with(ApiKeyFactory(merchant=acme.merchant, scopes=["payments:write"]).text)

    assert reader.get(f"/v1/members/{member.public_id}").status_code == 200
    assert join(reader).json()["code"] == "missing_scope"
    assert till.get("/v1/members").json()["code"] == "missing_scope"


def test_the_tier_is_what_was_earned_in_twelve_months(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    with platform_scope():
        add_points(member, EntryKind.EARN, 4_500, Cause("payment", uuid4()))
        clock.advance(timedelta(days=366).total_seconds())
        add_points(member, EntryKind.EARN, 1_000, Cause("payment", uuid4()))

    shown = api.get(f"/v1/members/{member.public_id}").json()

    assert (shown["points"], shown["points_last_12_months"]) == (5_500, 1_000)
    assert shown["tier"] == {"name": "Silver", "benefits": "Silver benefits"}


def test_points_are_listed_with_what_they_came_for(
    api: APIClient, acme: Person, clock: ManualClock, ids: None
) -> None:
    member = make_member(acme, make_programme(acme, points_live_days=30))
    with platform_scope():
        add_points(member, EntryKind.ADJUST, 50, Cause("adjustment", uuid4(), "sorry", "staff:a@b"))

    [entry] = api.get(f"/v1/members/{member.public_id}/points").json()["data"]

    assert entry.pop("id").startswith("pts_")
    assert entry == {
        "object": "points_entry", "kind": "adjust", "points": 50, "lot": None,
        "expires_at": "2026-12-22T06:30:05.000Z", "cause": {"type": "adjustment", "id": None},
        "reason": "sorry", "created_at": "2026-11-22T06:30:05.000Z",
    }  # fmt: skip


def test_who_takes_the_consent_for_wallets_back_is_not_known_by_one(
    api: APIClient, acme: Person
) -> None:
    member = join(api).json()["id"] if make_programme(acme) else ""
    with platform_scope():
        row = Member.objects.get()
        WalletLink.objects.create(
            acquirer=acme.acquirer, programme=row.programme, member=row, livemode=False,
            scheme="alipay", digest=b"\x01" * 32,
        )  # fmt: skip
    path = f"/v1/members/{member}/consents"

    before = api.get(f"/v1/members/{member}").json()["wallet_is_known"]
    taken = {"purpose": "wallet", "wording_version": "2026-11", "given": False}
    answer = api.post(path, taken, format="json")

    assert (before, answer.status_code) == (True, 201)
    assert answer.json()["wallet_is_known"] is False
    assert [(each["purpose"], each["given"]) for each in answer.json()["consents"]] == [
        ("membership", True), ("wallet", False),
    ]  # fmt: skip
    with platform_scope():
        assert Consent.objects.filter(purpose="wallet").count() == 2  # nothing was overwritten


def test_a_forgotten_member_is_nobody_and_the_points_stay(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    make_programme(acme)
    joined = join(api).json()
    with platform_scope():
        add_points(Member.objects.get(), EntryKind.EARN, 10, Cause("payment", uuid4()))
    path = f"/v1/members/{joined['id']}"

    answer = api.post(f"{path}/forget", {}, format="json")
    again = api.post(f"{path}/forget", {}, format="json")
    consent = {"purpose": "marketing", "wording_version": "1", "given": True}
    late = api.post(f"{path}/consents", consent, format="json")

    shown = answer.json()
    assert (answer.status_code, shown["status"], shown["points"]) == (200, "forgotten", 10)
    assert {shown[name] for name in ("name", "phone", "email", "card_number")} == {None}
    assert shown["forgotten_at"] == "2026-11-22T06:30:05.000Z"
    assert again.json() == shown
    assert (late.status_code, late.json()["code"]) == (409, "member_forgotten")
    by_card = api.get("/v1/members", {"card_number": joined["card_number"]}).json()
    assert by_card["data"] == []
    with platform_scope():
        assert PointsEntry.objects.count() == 1
