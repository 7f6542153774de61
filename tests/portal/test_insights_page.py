"""The data portal's pages: each person's own acquirer, at a fixed cost, in each language."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.clock import ManualClock
from portal.services.analyse import analyse
from tenancy.models import Acquirer, AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_member, make_programme
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.portal.test_insight_reports import put_cohorts, put_customers
from tests.portal.test_insights import give_back, sell

pytestmark = pytest.mark.django_db


def signed_in(whose: Acquirer | None, role: Role = Role.OWNER, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(StaffFactory(acquirer=whose, role=role))
    return client


def look(client: Client, **words: str) -> Any:
    answer = client.get(reverse("admin:portal_analysis_changelist"), words)
    assert answer.status_code == 200
    return answer


def rows(answer: Any, name: str) -> list[list[str]]:
    (section,) = (s for s in answer.context["sections"] if s.answer.report.name == name)
    return [[cell["text"] for cell in row] for row in section.table["rows"]]


@pytest.fixture
def shop(acme: Person, rival: Person, outsider: Person, clock: ManualClock) -> Person:
    """Two sales of acme's on a Sunday, one with a refund; one of its rival, one of a stranger."""
    who = make_member(acme, make_programme(acme))
    sell(acme, clock, member_id=who.id)
    give_back(sell(acme, clock), 1500)
    sell(rival, clock, amount_minor=999)
    sell(outsider, clock, amount_minor=777)
    with platform_scope():
        analyse()
    return acme


def test_sales_are_shown_beside_the_days_before_with_hours_places_and_wallets(
    shop: Person, rival: Person
) -> None:
    shown = look(signed_in(shop.acquirer))

    cards = {card.title: (card.value, card.note) for card in shown.context["cards"]}
    assert cards["Amount"] == ("HKD 129.99", "")
    assert cards["By known customers"] == ("33.3%", "1")
    assert cards["Given back"] == ("HKD 15.00", "11.5%")
    assert [row[:2] for row in rows(shown, "places")] == [
        [str(shop.merchant), "2"], [str(rival.merchant), "1"],
    ]  # fmt: skip
    assert rows(shown, "wallets")[0][:4] == ["alipay", "CN", "CNY", "3"]
    sales, hours = shown.context["sections"][:2]
    taken = json.loads(sales.chart)["datasets"][0]["data"]
    assert (len(taken), taken[-1]) == (28, "129.99")
    sunday = hours.heat["rows"][6]
    assert [cell["text"] for cell in sunday["cells"]][13:16] == ["", "3", ""]
    assert sunday["cells"][14]["shade"] == 9
    assert b"<script>" not in shown.content


def test_a_merchant_and_its_store_are_chosen_and_a_strangers_is_not_known(
    shop: Person, outsider: Person
) -> None:
    client = signed_in(shop.acquirer)

    one = look(client, merchant=shop.merchant.public_id, store=shop.store.public_id)
    foreign = look(client, merchant=outsider.merchant.public_id)

    assert one.context["cards"][0].value == "HKD 120.00"
    assert [row[0] for row in rows(one, "places")] == [str(shop.store)]
    assert foreign.context["question"].merchant is None
    assert foreign.context["cards"][0].value == "HKD 129.99"


def test_customers_are_shown_by_persona_and_cohort_and_few_are_hidden(
    shop: Person, clock: ManualClock
) -> None:
    put_customers(shop, champion=7, loyal=2, lost=6)

    put_cohorts(shop, [(date(2026, 11, 2), 0, 20), (date(2026, 11, 2), 1, 10)])

    shown = look(signed_in(shop.acquirer), view="customers", since="2026-09-01")

    counts = {row[0]: row[1] for row in rows(shown, "personas")}
    assert (counts["Champions"], counts["Loyal"], counts["Lost"]) == ("7", "·", "·")
    cohorts = shown.context["sections"][3].heat
    assert cohorts["titles"] == ["Customers", "+1"]
    assert [cell["text"] for cell in cohorts["rows"][0]["cells"]] == ["20", "50%"]
    assert rows(shown, "returning")[0] == ["2026-11-02", "20", "0", "0.0%"]
    assert "Groups of fewer than 5 people" in shown.content.decode()


def test_baskets_are_shown_and_goods_of_one_merchant(shop: Person) -> None:
    client = signed_in(shop.acquirer)

    of_all = look(client, view="baskets")
    of_one = look(client, view="baskets", merchant=shop.merchant.public_id)

    assert [row[0] for row in rows(of_all, "categories")] == ["drinks", "food"]
    assert rows(of_all, "goods") == []
    assert [row[:2] for row in rows(of_one, "goods")] == [["C1", "Cake"], ["T1", "Tea"]]


@pytest.mark.parametrize("view", ["sales", "customers", "baskets", "campaigns"])
def test_a_page_is_thirty_queries_at_most_and_is_told_in_chinese(view: str, shop: Person) -> None:
    client = signed_in(shop.acquirer, language="zh-hans")
    look(client, view=view)

    with CaptureQueriesContext(connection) as asked:
        shown = look(client, view=view, merchant=shop.merchant.public_id)

    assert len(asked) <= 30
    assert "洞察" in shown.content.decode()
    assert "As a table" not in shown.content.decode()


@pytest.mark.parametrize(
    ("role", "sees", "takes"),
    [
        (Role.OWNER, 200, 200), (Role.OPERATIONS, 200, 200), (Role.FINANCE, 200, 200),
        (Role.AUDITOR, 200, 200), (Role.SUPPORT, 403, 403),
    ],
)  # fmt: skip
def test_who_may_look_and_take_away_and_it_is_on_record(
    role: Role, sees: int, takes: int, shop: Person
) -> None:
    client = signed_in(shop.acquirer, role)
    page = reverse("admin:portal_analysis_changelist")
    file = reverse("admin:portal_analysis_file", args=["sales"])

    looked = client.get(page)
    taken = client.get(file, {"form": "csv", "merchant": shop.merchant.public_id})

    assert (looked.status_code, taken.status_code) == (sees, takes)
    with platform_scope():
        kept = list(AuditEntry.objects.filter(table="insights_taken"))
    assert len(kept) == (takes == 200)
    if takes == 200:
        assert b"2026-11-22,2,120.00,60.00," in taken.content
        assert kept[0].acquirer_id == shop.acquirer.id
        assert client.get(file, {"form": "exe"}).status_code == 404


def test_an_operator_sees_one_acquirer_at_a_time_and_unknown_words_are_ignored(
    shop: Person, outsider: Person
) -> None:
    operator = signed_in(None, Role.OPERATOR)

    theirs = look(operator, acquirer=outsider.acquirer.public_id)
    odd = look(operator, acquirer="x", merchant="'", since="9999-99-99", view="?", grain="x")

    assert theirs.context["cards"][0].value == "HKD 7.77"
    assert odd.context["cards"][0].value == "HKD 129.99"
