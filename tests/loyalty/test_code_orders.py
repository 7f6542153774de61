"""Orders of codes: few at once, many by workers; exactly so many, whoever dies half-way."""

from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from kernel.errors import Conflict, Rejected
from loyalty import code_file
from loyalty.campaign_state import CampaignStatus
from loyalty.coupon_codes import new_code
from loyalty.models import Campaign, CodeOrder, Coupon
from loyalty.services import code_orders as module
from loyalty.services import issue
from loyalty.services.code_orders import (
    COUNT_LIMIT,
    ORDERS,
    make_batch,
    make_codes,
    order_codes,
    stop_order,
)
from tenancy import handing_out
from tenancy.due_work import TOO_OFTEN
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.coupons import make_campaign
from tests.factories.merchants import AcquirerKeyFactory
from tests.loyalty.test_campaign_console import signed_in
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db
BY = "staff:ada@example.com"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders above five are a worker's, which makes four at once; a file is read by threes."""
    monkeypatch.setattr(module, "AT_ONCE", 5)
    monkeypatch.setattr(module, "BATCH_LIMIT", 4)
    monkeypatch.setattr(code_file, "_PIECE", 3)


def order(campaign: Campaign, count: int) -> CodeOrder:
    with tenant_scope(campaign.acquirer_id):
        return order_codes(campaign, count, by=BY)


def again(row: CodeOrder) -> CodeOrder:
    with platform_scope():
        return CodeOrder.objects.get(id=row.id)


def codes_of(row: CodeOrder) -> list[str]:
    with platform_scope():
        return list(Coupon.objects.filter(order=row).order_by("id").values_list("code", flat=True))


def test_few_are_there_at_once_and_many_are_made_by_whichever_worker_lives(
    acme: Person, small: None, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_campaign(acme)
    few = order(campaign, 5)
    assert (few.status, few.made_count, len(codes_of(few)), few.due_at) == ("made", 5, 5, None)

    many = order(campaign, 11)
    assert (many.status, codes_of(many)) == ("making", [])
    handed: list[Any] = []
    monkeypatch.setattr(handing_out.current_app, "send_task", lambda name, **_: handed.append(name))
    assert ORDERS.hand_out_due() == 1
    assert handed == ["loyalty.make_codes"]
    real, calls = module._make, []

    def dies_in_the_second_batch(row: CodeOrder, count: int) -> int:
        calls.append(count)
        made = real(row, count)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return made

    monkeypatch.setattr(module, "_make", dies_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        make_codes(many.id, acquirer_id=many.acquirer_id)
    assert (again(many).made_count, len(codes_of(many))) == (4, 4)  # of the second nothing is left
    monkeypatch.setattr(module, "_make", real)
    assert make_codes(many.id, acquirer_id=many.acquirer_id) == 0  # the lease is the dead one's
    clock.advance(ORDERS.lease.total_seconds())
    assert make_codes(many.id, acquirer_id=many.acquirer_id) == 7

    ended = again(many)
    assert (ended.status, ended.made_count, ended.due_at) == ("made", 11, None)
    assert len(set(codes_of(many))) == 11
    assert ORDERS.hand_out_due() == make_codes(many.id, acquirer_id=many.acquirer_id) == 0
    with platform_scope():
        coupons = Coupon.objects.filter(order=many)
        assert {(row.uses_limit, row.issued_by) for row in coupons} == {(1, BY)}


def test_an_order_whose_workers_all_die_ends_and_says_so_and_one_that_gets_on_never_does(
    acme: Person, outsider: Person, small: None, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, theirs = order(make_campaign(acme), 11), order(make_campaign(outsider), 40)
    real = module._make

    def dies(row: CodeOrder, count: int) -> int:
        raise KeyboardInterrupt

    def dies_after_one(row: CodeOrder, count: int) -> int:
        monkeypatch.setattr(module, "_make", dies)
        return real(row, count)

    for _ in range(ORDERS.tries_limit):
        monkeypatch.setattr(module, "_make", dies)
        with pytest.raises(KeyboardInterrupt):
            make_codes(poisoned.id, acquirer_id=poisoned.acquirer_id)
        monkeypatch.setattr(module, "_make", dies_after_one)
        with pytest.raises(KeyboardInterrupt):
            make_codes(theirs.id, acquirer_id=theirs.acquirer_id)
        assert again(poisoned).status == "making"
        clock.advance(ORDERS.lease.total_seconds())
    monkeypatch.setattr(module, "_make", real)

    assert make_codes(poisoned.id, acquirer_id=poisoned.acquirer_id) == 0
    ended = again(poisoned)
    assert (ended.status, ended.failure, ended.due_at) == ("stopped", TOO_OFTEN, None)
    assert codes_of(poisoned) == []
    assert make_codes(theirs.id, acquirer_id=theirs.acquirer_id) == 20
    assert (again(theirs).status, len(codes_of(theirs))) == ("made", 40)


def test_a_worker_whose_lease_another_has_makes_nothing_and_a_code_that_is_taken_is_made_anew(
    acme: Person, small: None, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_campaign(acme)
    [taken, *_] = codes_of(order(campaign, 2))
    many = order(campaign, 8)
    with tenant_scope(acme.acquirer.id):
        old = ORDERS.take(many.id)
        assert ORDERS.take(many.id) is None
        clock.advance(ORDERS.lease.total_seconds())
        new = ORDERS.take(many.id)
        drawn = iter([taken])
        monkeypatch.setattr(issue, "new_code", lambda: next(drawn, "") or new_code())

        assert old is not None
        assert new is not None
        assert make_batch(old) is None
        assert [make_batch(new) for _ in range(4)] == [3, 4, 1, None]
    assert len(set(codes_of(many))) == 8


def test_an_order_stops_by_staff_and_with_its_campaign_and_what_is_there_stays(
    acme: Person, small: None
) -> None:
    campaign, other = make_campaign(acme), make_campaign(acme)
    stopped, ended = order(campaign, 9), order(other, 9)
    with tenant_scope(acme.acquirer.id):
        mine = ORDERS.take(stopped.id)
        assert mine is not None
        assert make_batch(mine) == 4
        stop_order(stopped, why="A mistake.")
        assert make_batch(mine) is None
        with pytest.raises(Conflict, match="code_order_ended"):
            stop_order(stopped, why="Again.")
        Campaign.objects.filter(id=other.id).update(status=CampaignStatus.ENDED)
    assert make_codes(ended.id, acquirer_id=ended.acquirer_id) == 0

    assert (again(stopped).failure, len(codes_of(stopped))) == ("A mistake.", 4)
    assert (again(ended).status, again(ended).failure) == ("stopped", "The campaign ended first.")
    with tenant_scope(acme.acquirer.id):
        with pytest.raises(Conflict, match="campaign_over"):
            order_codes(Campaign.objects.get(id=other.id), 9, by=BY)
        for count in (0, COUNT_LIMIT + 1):
            with pytest.raises(Rejected):
                order_codes(campaign, count, by=BY)
        for _ in range(5):
            order_codes(campaign, 9, by=BY)
        with pytest.raises(Conflict, match="too_many_code_orders"):
            order_codes(campaign, 9, by=BY)


def key_of(person: Person, *scopes: str) -> APIClient:
    return client_with(AcquirerKeyFactory(acquirer=person.acquirer, scopes=list(scopes)).text)


def test_codes_are_ordered_and_taken_away_by_rest_each_acquirers_own(
    acme: Person, outsider: Person, small: None
) -> None:
    campaign, foreign = make_campaign(acme, name="=Autumn"), make_campaign(outsider)
    ours, reader = key_of(acme, "coupons:read", "coupons:write"), key_of(acme, "coupons:read")

    made = ours.post("/v1/code_orders", {"campaign": campaign.public_id, "count": 7}, format="json")

    assert made.status_code == 201, made.json()
    shown = made.json()
    address = f"/v1/code_orders/{shown['id']}"
    assert (shown["status"], shown["made"], shown["count"]) == ("making", 0, 7)
    with platform_scope():
        row = CodeOrder.objects.get()
    make_codes(row.id, acquirer_id=row.acquirer_id)
    assert (reader.get(address).json()["status"], reader.get(address).json()["made"]) == ("made", 7)
    assert [each["id"] for each in reader.get("/v1/code_orders", {"status": "made"}).json()["data"]
            ] == [shown["id"]]  # fmt: skip
    assert reader.get("/v1/code_orders", {"status": "making"}).json()["data"] == []
    taken = ours.get(f"{address}/codes")
    lines = b"".join(taken.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert [line.split(",")[0].replace("-", "") for line in lines[1:]] == codes_of(row)
    assert lines[1].split(",")[1:4] == ["active", "1", "'=Autumn"]
    with platform_scope():
        noted = AuditEntry.objects.get(table="coupon_codes")
    assert (noted.row_id, noted.actor) == (str(row.id), row.ordered_by)

    assert reader.get(f"{address}/codes").json()["code"] == "missing_scope"
    assert reader.post("/v1/code_orders", {}, format="json").json()["code"] == "missing_scope"
    theirs = key_of(outsider, "coupons:read", "coupons:write")
    assert theirs.get(address).status_code == theirs.get(f"{address}/codes").status_code == 404
    assert theirs.get("/v1/code_orders").json()["data"] == []
    for said, fault in (
        ({"campaign": foreign.public_id, "count": 7}, ("campaign", "unknown")),
        ({"campaign": campaign.public_id, "count": COUNT_LIMIT + 1}, ("count", "too_large")),
    ):
        answer = ours.post("/v1/code_orders", said, format="json").json()
        assert [(each["field"], each["code"]) for each in answer["errors"]] == [fault]
    with platform_scope():
        assert CodeOrder.objects.count() == 1


def test_the_console_shows_how_far_an_order_is_and_gives_its_codes(
    acme: Person, outsider: Person, small: None
) -> None:
    campaign = make_campaign(acme)
    client, finance = signed_in(acme), signed_in(acme, Role.FINANCE)
    act = reverse("admin:loyalty_campaign_act", args=[campaign.pk, "issue"])

    page = client.post(act, {"count": 6}, follow=True).content.decode()

    assert "The codes are being made." in page
    assert '<progress class="tg-progress" max="6" value="0"' in page
    assert 'http-equiv="refresh"' in page
    with platform_scope():
        row = CodeOrder.objects.get()
    stop = reverse("admin:loyalty_codeorder_act", args=[row.pk, "stop"])
    csv = reverse("admin:loyalty_codeorder_csv", args=[row.pk])
    assert finance.post(stop).status_code == finance.get(csv).status_code == 403
    assert signed_in(outsider).get(csv).status_code == 404
    make_codes(row.id, acquirer_id=row.acquirer_id)
    change = reverse("admin:loyalty_codeorder_change", args=[row.pk])
    page = client.get(change).content.decode()
    assert "6 of 6" in page
    assert "<progress" not in page
    lines = b"".join(client.get(csv).streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 7
