"""Coupons inside a payment: what they take off, why they do not, and what becomes of them."""

import inspect
import re
from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from connectors.failures import FAILURES
from kernel.clock import ManualClock
from kernel.errors import Conflict, Rejected
from kernel.sentences import LANGUAGES
from ledger.selectors import list_trial_balance
from loyalty.campaign_state import STEPS, WHY, CampaignStatus, CouponRefusal, CouponStatus, Step
from loyalty.discounts import DiscountKind
from loyalty.models import Campaign, Coupon, Redemption
from loyalty.services import burn
from loyalty.services.issue import issue_codes, share_code, withdraw
from loyalty.services.redeem import GUESSES
from loyalty.services.run_campaign import move_campaign
from payments.cashier_words import CASHIER_WORDS
from payments.models import Payment
from settlement.services.check_books import check_books
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.coupons import make_campaign, make_coupon
from tests.factories.loyalty import make_member, make_programme
from tests.fakes import DECLINED, GIVEN_BACK_BY_CANCEL, PAID, REFUNDED, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_guesses() -> None:
    cache.clear()


def pay(api: APIClient, person: Person, number: int = 1, **changes: Any) -> Any:
    order = body(person, merchant_reference=f"C-{number}", **changes)
    return api.post("/v1/payments", order, format="json", **NOW)


def counts(campaign: Campaign) -> tuple[int, int, int, int]:
    with platform_scope():
        row = Campaign.objects.get(id=campaign.id)
    return row.reserved_count, row.reserved_minor, row.redeemed_count, row.redeemed_minor


def books(person: Person) -> dict[str, int]:
    with tenant_scope(person.acquirer.id):
        lines = list_trial_balance(livemode=False)
        return {line.kind: line.balance_minor for line in lines if line.balance_minor}


def test_a_coupon_makes_the_charge_smaller_and_is_redeemed(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    campaign = make_campaign(acme, acquirer_basis_points=6000, budget_minor=5000)
    coupon = make_coupon(campaign)
    scheme.will("pay", PAID)

    answer = pay(api, acme, coupon=f" {coupon.code.lower()} ")

    paid = answer.json()
    assert (answer.status_code, paid["amount"], paid["amount_charged"]) == (201, 12050, 10000)
    assert paid["reductions"] == [
        {
            "kind": "coupon",
            "amount": 2050,
            "coupon": coupon.public_id,
            "code": f"••••{coupon.code[-4:]}",
            "campaign": campaign.name,
        }
    ]
    assert counts(campaign) == (0, 0, 1, 2050)
    shown = api.get(f"/v1/coupons/{coupon.public_id}").json()
    assert (shown["uses_left"], shown["campaign"]["budget_left"]) == (0, 2950)
    assert books(acme) == {
        "scheme_receivable": 10000,
        "merchant_payable": -11230,
        "promotion_cost": 1230,
        "merchant_discount": 820,
        "merchant_discount_noted": -820,
    }
    assert check_books(acme.acquirer).faults == 0

    again = pay(api, acme, coupon=[coupon.code])
    other = pay(api, acme, coupon=make_coupon(campaign).code)
    used = pay(api, acme, 2, coupon=coupon.code)

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert (other.status_code, other.json()["code"]) == (409, "reference_reused")
    assert [fault["field"] for fault in other.json()["errors"]] == ["coupon"]
    assert (used.status_code, used.json()["errors"][0]["code"]) == (409, "used_up")
    assert scheme.kinds() == ["pay"]


def test_what_is_declined_canceled_or_refunded_gives_the_coupon_back(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    campaign = make_campaign(acme, total_limit=1, acquirer_basis_points=10_000)
    coupon = make_coupon(campaign)
    scheme.will("pay", DECLINED, PAID, PAID, PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    scheme.will("refund", REFUNDED)

    assert pay(api, acme, 1, coupon=coupon.code).json()["status"] == "failed"
    assert counts(campaign) == (0, 0, 0, 0)

    second = pay(api, acme, 2, coupon=coupon.code).json()
    assert counts(campaign) == (0, 0, 1, 2050)
    api.post(f"/v1/payments/{second['id']}/cancel", format="json", **NOW)
    assert (counts(campaign), books(acme)) == ((0, 0, 0, 0), {})

    third = pay(api, acme, 3, coupon=coupon.code).json()
    refunds = f"/v1/payments/{third['id']}/refunds"
    part = api.post(refunds, {"amount": 3333}, format="json", **NOW).json()
    assert (part["amount"], part["reduction"]) == (3333, 683)
    assert counts(campaign) == (0, 0, 1, 2050 - 683)
    too_much = api.post(refunds, {"amount": 10000}, format="json", **NOW)
    assert too_much.json()["code"] == "refund_exceeds_payment"
    api.post(refunds, {}, format="json", **NOW)

    assert (counts(campaign), books(acme)) == ((0, 0, 0, 0), {})
    assert pay(api, acme, 4, coupon=coupon.code).json()["amount_charged"] == 10000
    with platform_scope():
        rows = Redemption.objects.order_by("id").values_list("status", flat=True)
        assert list(rows) == ["returned", "returned", "returned", "redeemed"]
    assert check_books(acme.acquirer).faults == 0


def test_every_refusal_is_told_in_words_and_nothing_is_charged(
    api: APIClient, acme: Person, rival: Person, outsider: Person, scheme: FakeScheme
) -> None:
    programme = make_programme(acme)
    mei, kai = make_member(acme, programme), make_member(acme, programme)
    scheme.will("pay", PAID)
    bought = pay(api, acme, 0, member=mei.public_id)
    assert bought.status_code == 201

    def coupon(**terms: Any) -> str:
        return make_coupon(make_campaign(acme, **terms)).code

    def of(campaign: Campaign, **options: Any) -> str:
        return make_coupon(campaign, **options).code

    withdrawn = make_coupon(make_campaign(acme))
    with platform_scope():
        withdraw(withdrawn)
    twice, once = make_coupon(make_campaign(acme, is_stackable=True)), coupon()
    limited = make_campaign(acme, member_limit=1)
    assert pay(api, acme, 1, coupon=of(limited), member=kai.public_id).status_code == 201
    member = {"member": mei.public_id}
    late = {"starts_at": datetime(2026, 12, 1, tzinfo=UTC)}
    over = {"ends_at": datetime(2026, 2, 1, tzinfo=UTC)}
    mistyped = withdrawn.code[:-1] + ("2" if withdrawn.code[-1] != "2" else "3")
    percent = {"kind": DiscountKind.PERCENTAGE, "basis_points": 1000}
    cases: dict[CouponRefusal, dict[str, Any]] = {
        CouponRefusal.UNKNOWN: {"coupon": make_coupon(make_campaign(rival)).code},
        CouponRefusal.MISTYPED: {"coupon": mistyped},
        CouponRefusal.TWICE: {"coupon": [twice.code, twice.code.lower()]},
        CouponRefusal.WITHDRAWN: {"coupon": withdrawn.code},
        CouponRefusal.NOT_ACTIVE: {"coupon": coupon(status=CampaignStatus.PAUSED)},
        CouponRefusal.NOT_STARTED: {"coupon": coupon(**late)},
        CouponRefusal.OVER: {"coupon": coupon(**over)},
        CouponRefusal.USED_UP: {"coupon": of(make_campaign(acme), uses_limit=0)},
        CouponRefusal.BUDGET_SPENT: {"coupon": coupon(budget_minor=2049)},
        CouponRefusal.MEMBER_NEEDED: {"coupon": coupon(member_limit=1)},
        CouponRefusal.OTHER_MEMBER: {"coupon": of(make_campaign(acme), member=kai), **member},
        CouponRefusal.MEMBER_LIMIT: {"coupon": of(limited), "member": kai.public_id},
        CouponRefusal.NOT_FIRST_PURCHASE: {"coupon": coupon(is_first_purchase_only=True), **member},
        CouponRefusal.OTHER_CURRENCY: {"coupon": coupon(currency="USD")},
        CouponRefusal.OTHER_STORE: {"coupon": of(make_campaign(acme, stores=(rival,)))},
        CouponRefusal.OTHER_HOURS: {
            "coupon": coupon(hours_from=time(15), hours_until=time(17), zone="UTC")
        },
        CouponRefusal.MINIMUM_SPEND: {"coupon": coupon(minimum_spend_minor=12051)},
        CouponRefusal.NOT_STACKABLE: {"coupon": [twice.code, once]},
        CouponRefusal.NO_GOODS: {"coupon": coupon(**percent, skus=["tea"])},
    }
    assert list(cases) == list(CouponRefusal)
    others = (make_coupon(make_campaign(acme, livemode=True)), make_coupon(make_campaign(outsider)))
    asked = scheme.kinds()

    for number, (why, changes) in enumerate(cases.items(), start=10):
        answer = pay(api, acme, number, **changes)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "coupon_refused"), why
        assert (problem["errors"][0]["code"], problem["detail"]) == (why, WHY[why])
    for number, stranger in enumerate(others, start=40):
        assert pay(api, acme, number, coupon=stranger.code).json()["errors"][0]["code"] == "unknown"

    assert scheme.kinds() == asked
    with platform_scope():
        assert Payment.objects.count() == 2
        assert Redemption.objects.count() == 1


def test_coupons_that_combine_take_off_one_after_the_other(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    fixed = make_coupon(make_campaign(acme, is_stackable=True))
    tenth = make_coupon(
        make_campaign(acme, kind=DiscountKind.PERCENTAGE, basis_points=1000, is_stackable=True)
    )
    sale = {
        "amount": 12050, "currency": "HKD", "store": acme.store.public_id,
        "coupon": [fixed.code, tenth.code],
    }  # fmt: skip
    scheme.will("pay", PAID)

    preview = api.post("/v1/coupons/preview", sale, format="json").json()
    paid = pay(api, acme, coupon=sale["coupon"]).json()

    assert (preview["amount_charged"], paid["amount_charged"]) == (9000, 9000)
    assert [each["amount"] for each in paid["reductions"]] == [2050, 1000]
    assert [each["amount"] for each in preview["reductions"]] == [2050, 1000]
    assert pay(api, acme, coupon=[tenth.code, fixed.code]).status_code == 200  # the same sale


def test_one_minor_unit_is_left_to_charge_or_the_coupon_stays_unused(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    campaign = make_campaign(acme, kind=DiscountKind.PERCENTAGE, basis_points=10_000)

    answer = pay(api, acme, coupon=make_coupon(campaign).code)

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_left_to_charge")
    assert (counts(campaign), scheme.kinds()) == ((0, 0, 0, 0), [])


def test_hours_go_past_midnight_and_belong_to_the_day_they_began(
    api: APIClient, acme: Person, clock: ManualClock
) -> None:
    # The clock stands on Sunday, 22 November 2026, 06:30 UTC.
    night = {"hours_from": time(22), "hours_until": time(7), "zone": "UTC"}
    sale = {"amount": 12050, "currency": "HKD", "store": acme.store.public_id}

    def asked(weekdays: list[int]) -> int:
        code = make_coupon(make_campaign(acme, weekdays=weekdays, **night)).code
        return api.post("/v1/coupons/preview", sale | {"coupon": code}, format="json").status_code

    assert (asked([]), asked([5]), asked([6])) == (200, 200, 409)


def test_who_guesses_is_locked_out_and_may_still_sell(
    api: APIClient, acme: Person, rival: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    good = make_coupon(make_campaign(acme, rival))
    sale = {"amount": 12050, "currency": "HKD", "store": acme.store.public_id}
    for number in range(GUESSES):
        wrong = sale | {"coupon": f"GUESS{number}"}
        assert api.post("/v1/coupons/preview", wrong, format="json").status_code == 409

    locked = pay(api, acme, 1, coupon=good.code)

    assert (locked.status_code, locked.json()["code"]) == (403, "coupon_guesses_locked")
    assert pay(api, acme, 1).status_code == 201
    assert pay(rival.client(), rival, 2, coupon=good.code).status_code == 201


def test_a_coupon_is_issued_to_a_member_and_found_by_its_code(
    api: APIClient, acme: Person, rival: Person, outsider: Person
) -> None:
    member = make_member(acme, make_programme(acme))
    campaign = make_campaign(acme)
    sent = {"campaign": campaign.public_id, "member": member.card_number}

    made = api.post("/v1/coupons", sent, format="json")

    coupon = made.json()
    assert (made.status_code, coupon["member"]) == (201, member.public_id)
    found = api.get("/v1/coupons", {"code": coupon["code"].lower()}).json()["data"]
    assert [each["id"] for each in found] == [coupon["id"]]
    assert [each["id"] for each in api.get("/v1/campaigns").json()["data"]] == [campaign.public_id]
    for other in (rival, outsider):
        client = other.client()
        assert client.get(f"/v1/coupons/{coupon['id']}").status_code == 404
        assert client.get("/v1/coupons").json()["data"] == []
        assert client.get("/v1/campaigns").json()["data"] == []
        assert client.post("/v1/coupons", sent, format="json").status_code == 404


def test_codes_are_made_by_the_thousand_and_a_word_once(acme: Person, outsider: Person) -> None:
    campaign, other = make_campaign(acme), make_campaign(acme)
    with tenant_scope(acme.acquirer.id):
        assert issue_codes(campaign, 1000, issued_by="staff:ada@example.com") == 1000
        rows = Coupon.objects.filter(campaign=campaign, uses_limit=1)
        assert rows.values("code").distinct().count() == 1000
        shared = share_code(campaign, "tea-10", issued_by="staff:ada@example.com")
        assert (shared.code, shared.uses_left) == ("TEA10", None)
        with pytest.raises(Conflict, match="coupon_code_taken"):
            share_code(other, "Tea 10", issued_by="staff:ada@example.com")
        for count in (0, 10_001):
            with pytest.raises(Rejected):
                issue_codes(campaign, count, issued_by="staff:ada@example.com")
        move_campaign(other, Step.END)
        with pytest.raises(Conflict, match="campaign_over"):
            issue_codes(other, 1, issued_by="staff:ada@example.com")
    with tenant_scope(outsider.acquirer.id):
        assert not Coupon.objects.exists()


def test_a_campaign_goes_only_where_the_table_leads(acme: Person) -> None:
    with platform_scope():
        for status in CampaignStatus:
            for step in Step:
                campaign = make_campaign(acme, status=status)
                if (new := STEPS.get((status, step))) is None:
                    with pytest.raises(Conflict, match="campaign_step_not_possible"):
                        move_campaign(campaign, step)
                    new = status
                else:
                    move_campaign(campaign, step)
                assert Campaign.objects.get(id=campaign.id).status == new
        late = make_campaign(
            acme, status=CampaignStatus.DRAFT, ends_at=datetime(2026, 2, 1, tzinfo=UTC)
        )
        with pytest.raises(Conflict, match="Its end has passed"):
            move_campaign(late, Step.START)
        assert withdraw(make_coupon(late)).status == CouponStatus.WITHDRAWN


def test_every_refusal_has_a_sentence_for_the_cashier_in_each_language() -> None:
    raised = set(re.findall(r'_refused\("(\w+)"', inspect.getsource(burn)))
    needed = {f"coupon.{refusal}" for refusal in CouponRefusal}
    needed |= {f"points.{code}" for code in raised | {"not_enough_points"}}
    needed |= {f"{field}.nothing_left_to_charge" for field in ("coupon", "points")}
    needed |= {"coupon.locked", "member.unknown"}

    assert set(CASHIER_WORDS) == needed
    assert all(tuple(failure.cashier) == LANGUAGES for failure in FAILURES.values())
    for sentences in CASHIER_WORDS.values():
        assert tuple(sentences) == LANGUAGES
        assert len(set(sentences.values())) >= 2  # some are written alike in both scripts
        assert all(re.search("[\u4e00-\u9fff]", sentences[tag]) for tag in LANGUAGES[1:])


def test_the_cashier_reads_why_a_coupon_is_refused_in_the_tills_language(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    coupon = make_coupon(make_campaign(acme))
    with tenant_scope(acme.acquirer.id):
        withdraw(coupon)
    for tag, sentence in (
        ("en", "The coupon was withdrawn."),
        ("zh-CN", "此优惠券已作废。"),
        ("zh-HK", "此優惠券已作廢。"),
    ):
        answer = api.post(
            "/v1/payments", body(acme, merchant_reference="C-1", coupon=coupon.code),
            format="json", HTTP_ACCEPT_LANGUAGE=tag, **NOW,
        )  # fmt: skip
        assert (answer.status_code, answer.json()["cashier_message"]) == (409, sentence)
    unknown = pay(api, acme, member="900000000000000000")
    assert unknown.json()["cashier_message"] == "This is no member's card of this shop."
    assert scheme.kinds() == []
    with platform_scope():
        assert not Payment.objects.exists()
