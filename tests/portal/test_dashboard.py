"""The console's first page: right figures, of one's own acquirer, at a fixed cost."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.clock import ManualClock
from payments.models import Payment
from portal.measures import BUCKETS, GROUPS, FailureGroup
from portal.services.roll_up import roll_up
from portal.slots import begin_of
from tenancy.models import Acquirer
from tenancy.roles import Role
from tests.conftest import START
from tests.factories.events import make_endpoint
from tests.factories.tenancy import StaffFactory
from tests.fakes import DECLINED, PAID, SILENCE, FakeScheme
from tests.people import Person
from tests.portal.figures import put

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]
WEEK = timedelta(days=7)
MIDNIGHT_OF_HONG_KONG = START.replace(hour=16, minute=0, second=0) - timedelta(days=1)


def page(whose: Acquirer | None, role: Role = Role.OWNER, **words: str) -> Any:
    client = Client()
    client.force_login(StaffFactory(acquirer=whose, role=role))
    answer = client.get(reverse("admin:index"), words)
    assert answer.status_code == 200
    return answer


def values(answer: Any) -> dict[str, tuple[str, str]]:
    cards = [*answer.context["open_now"], *answer.context["sales"]]
    return {card.title: (card.value, card.note) for card in cards}


def test_what_was_paid_is_shown_beside_the_week_before(
    pay: Pay, scheme: FakeScheme, acme: Person
) -> None:
    slow = [0] * (BUCKETS - 2) + [1, 0]
    past = {"tried": 4, "succeeded": 4, "amount_minor": 40000, "answers": slow}
    put(acme, begin_of(START) - WEEK, **past)
    scheme.will("pay", PAID, PAID, DECLINED, SILENCE)
    for number in range(4):
        pay(merchant_reference=f"R{number}")
    roll_up()

    shown = page(acme.acquirer)

    figures = values(shown)
    assert figures["Payments"] == ("4", "±0% on last week")
    assert figures["Success rate"] == ("66.7%", "-33.3 points on last week")
    assert figures["Alipay answers in (median)"] == ("25 ms", "95% within 48 ms")
    assert figures["In doubt now"] == ("1", "oldest 0 s")
    assert shown.context["currencies"][0]["taken"] == "HKD 241.00"
    assert shown.context["currencies"][0]["change"] == "-40% on last week"
    assert [(row["name"], row["count"]) for row in shown.context["reasons"]] == [
        ("Payment code not readable or expired", "1")
    ]


def test_the_line_of_today_ends_now_and_does_not_fall_to_nothing(
    acme: Person, clock: ManualClock
) -> None:
    put(acme, MIDNIGHT_OF_HONG_KONG, tried=1, succeeded=1, amount_minor=100)

    now, before = json.loads(page(acme.acquirer).context["volume"])["datasets"]

    assert now["data"] == ["1.00"] + ["0.00"] * 14 + [None] * 9  # 14:30 in Hong Kong
    assert before["data"] == ["0.00"] * 15 + [None] * 9


def test_the_day_is_the_acquirers_and_last_week_ends_at_the_same_hour(
    acme: Person, clock: ManualClock
) -> None:
    for moment, tried in (
        (MIDNIGHT_OF_HONG_KONG, 10),
        (MIDNIGHT_OF_HONG_KONG - timedelta(minutes=5), 200),  # yesterday there
        (begin_of(START) - WEEK, 5),
        (begin_of(START) - WEEK + timedelta(minutes=5), 700),  # not yet this time last week
    ):
        put(acme, moment, tried=tried, succeeded=tried)

    assert values(page(acme.acquirer))["Payments"] == ("10", "+100% on last week")
    yesterday = values(page(acme.acquirer, period="yesterday"))
    assert yesterday["Payments"] == ("200", "")


def test_each_number_leads_to_the_rows_that_it_counts(
    pay: Pay, scheme: FakeScheme, acme: Person
) -> None:
    scheme.will("pay", PAID, DECLINED, SILENCE)
    ids = [pay(merchant_reference=f"R{number}").public_id for number in range(3)]
    roll_up()
    client = Client()
    client.force_login(StaffFactory(acquirer=acme.acquirer))
    context = client.get(reverse("admin:index")).context
    cards = {card.title: card for card in [*context["open_now"], *context["sales"]]}

    def found(link: str) -> list[str]:
        answer = client.get(link)
        assert answer.status_code == 200, link
        return [text for text in ids if text in answer.content.decode()]

    assert found(cards["Payments"].link) == ids
    assert found(cards["In doubt now"].link) == [ids[2]]
    assert found(context["reasons"][0]["link"]) == [ids[1]]
    for card in cards.values():
        assert card.link is None or client.get(card.link).status_code == 200


def test_staff_see_their_acquirer_and_the_operator_all_or_one(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    put(acme, begin_of(START), tried=3)
    put(outsider, begin_of(START), tried=40)

    def payments(shown: Any) -> str:
        return values(shown)["Payments"][0]

    assert payments(page(acme.acquirer)) == "3"
    assert payments(page(acme.acquirer, acquirer=outsider.acquirer.public_id)) == "3"
    assert payments(page(acme.acquirer, merchant=outsider.merchant.public_id)) == "3"
    assert payments(page(None, Role.OPERATOR)) == "43"
    assert payments(page(None, Role.OPERATOR, acquirer=acme.acquirer.public_id)) == "3"
    text = page(acme.acquirer).content.decode()
    assert outsider.merchant.public_id not in text
    assert outsider.acquirer.name not in text


def test_one_merchant_is_shown_alone(acme: Person, rival: Person, clock: ManualClock) -> None:
    put(acme, begin_of(START), tried=3)
    put(rival, begin_of(START), tried=9)

    shown = page(acme.acquirer, merchant=rival.merchant.public_id)

    assert values(shown)["Payments"][0] == "9"
    assert [row["payments"] for row in shown.context["top"]] == ["9"]


def test_test_and_live_are_never_added(acme: Person, clock: ManualClock) -> None:
    put(acme, begin_of(START), tried=3)
    put(acme, begin_of(START), tried=50, livemode=True)

    assert values(page(acme.acquirer))["Payments"][0] == "3"  # it has no live account yet
    assert values(page(acme.acquirer, mode="live"))["Payments"][0] == "50"


def test_currencies_are_never_added(acme: Person, clock: ManualClock) -> None:
    put(acme, begin_of(START), tried=1, succeeded=1, amount_minor=100)
    put(acme, begin_of(START), tried=2, succeeded=2, amount_minor=500, currency="JPY")

    shown = page(acme.acquirer)

    assert [line["taken"] for line in shown.context["currencies"]] == ["HKD 1.00", "JPY 500"]
    assert shown.context["volume_currency"] == "JPY"


def test_who_has_no_payment_is_told_what_to_do_first(acme: Person, clock: ManualClock) -> None:
    empty = StaffFactory().acquirer

    steps = page(empty).context["steps"]
    assert [step.is_done for step in steps] == [False] * 7
    assert [step.is_done for step in page(acme.acquirer).context["steps"]] == [True] * 6 + [False]
    adding = [step.link.endswith("/add/") for step in steps]
    assert adding == [True, True, True, False, True, True, False]
    live = page(acme.acquirer, mode="live").context["steps"]
    assert [step.is_done for step in live] == [False, True, True, True, True, False, False]


def test_a_role_sees_only_the_numbers_of_what_it_may_open(acme: Person, clock: ManualClock) -> None:
    put(acme, begin_of(START), tried=1)
    make_endpoint(acme)

    titles = {role: set(values(page(acme.acquirer, role))) for role in (Role.OWNER, Role.FINANCE)}

    assert titles[Role.OWNER] - titles[Role.FINANCE] == {
        "Stores waiting for Alipay", "Webhook endpoints in trouble",
    }  # fmt: skip


def test_unknown_words_are_ignored(acme: Person, clock: ManualClock) -> None:
    put(acme, begin_of(START), tried=3)

    shown = page(acme.acquirer, mode="x", period="'", merchant="mer_1", acquirer="acq_%00")

    assert values(shown)["Payments"][0] == "3"


def test_the_page_asks_few_questions_and_as_many_for_a_thousand_rows_as_for_one(
    acme: Person, clock: ManualClock
) -> None:
    staff = StaffFactory(acquirer=acme.acquirer)
    client = Client()
    client.force_login(staff)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(reverse("admin:index"))
        return len(caught)

    put(acme, begin_of(START), tried=1, failures=[1] * len(GROUPS))
    few = queries()
    for number in range(200):
        put(acme, begin_of(START) - timedelta(minutes=5 * number), tried=1, currency="JPY")

    assert queries() == few
    assert few <= 30


def test_no_script_stands_in_the_page(acme: Person, clock: ManualClock) -> None:
    put(acme, begin_of(START), tried=1)
    text = page(acme.acquirer).content.decode()

    ours = text[text.index('class="pd-bar"') :]
    ours = ours[: ours.index("Merchants with most payments")]
    assert not re.search(r"<script|\son[a-z]+=|style=", ours)
    assert FailureGroup.OTHER not in ours
