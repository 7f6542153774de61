"""Insights as they are asked for: small groups stay hidden, each key is told its own."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kernel.clock import ManualClock
from loyalty.models import Programme
from portal.insights import rules
from portal.insights.ask import Ask
from portal.insights.reports import REPORTS
from portal.insights.rules import SCORES, persona_of
from portal.models import Cohort, Customer
from portal.services.analyse import analyse
from tenancy.models import AuditEntry
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.loyalty import make_member, make_programme
from tests.factories.merchants import AcquirerKeyFactory, ApiKeyFactory, StoreFactory
from tests.people import Person, client_with
from tests.portal.test_insights import CAKE, TEA, give_back, sell

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def ask_of(person: Person, **changes: Any) -> Ask:
    values: dict[str, Any] = {
        "acquirer_id": person.acquirer.id,
        "livemode": False,
        "since": DAY - timedelta(days=28),
        "until": DAY + timedelta(days=1),
        "merchant_id": person.merchant.id,
        "currency": "HKD",
    }
    return Ask(**(values | changes))


def told(name: str, ask: Ask) -> list[dict[str, Any]]:
    report = REPORTS[name]
    with tenant_scope(ask.acquirer_id, ask.merchant_id):
        return report.dictionaries(report.read(ask))


def put_customers(person: Person, **personas: int) -> None:
    """So many customers of each persona, who each brought 100.00."""
    with platform_scope():
        taken = Programme.objects.filter(participations__merchant=person.merchant).first()
        programme = taken or make_programme(person)
        for persona, count in personas.items():
            for _ in range(count):
                Customer.objects.create(
                    acquirer=person.acquirer, merchant=person.merchant, livemode=False,
                    member=make_member(person, programme), currency="HKD", as_of=DAY,
                    first_day=DAY, last_day=DAY, days=1, visits=2, net_minor=10_000, visits_year=2,
                    net_year_minor=10_000, recency=1, frequency=1, monetary=1, persona=persona,
                    risk="on_time", expected_minor=500,
                )  # fmt: skip


def put_cohorts(person: Person, cells: Iterable[tuple[date, int, int]]) -> None:
    with platform_scope():
        for cohort, age, customers in cells:
            Cohort.objects.create(
                acquirer=person.acquirer, merchant=person.merchant, livemode=False, currency="HKD",
                grain="week", cohort=cohort, age=age, customers=customers, visits=customers,
                net_minor=customers * 100,
            )  # fmt: skip


def test_every_triple_of_scores_is_one_persona_and_every_persona_can_be_had() -> None:
    span = range(1, SCORES + 1)
    found = {persona_of(r, f, m) for r in span for f in span for m in span}

    assert found == {rule.name for rule in rules.PERSONAS} - {"new"}
    assert persona_of(5, 1, 1, is_new=True) == "new"
    assert (persona_of(5, 5, 5), persona_of(1, 5, 5)) == ("champion", "cannot_lose")
    with pytest.raises(ValueError, match="1 to 5"):
        persona_of(0, 1, 1)


def test_a_group_too_small_is_hidden_with_another_so_that_subtracting_finds_nobody(
    acme: Person, rival: Person
) -> None:
    put_customers(acme, champion=7, loyal=2, lost=6, new=9)
    put_customers(rival, loyal=5, cooling=3)

    mine = {row["persona"]: row["customers"] for row in told("personas", ask_of(acme))}
    theirs = {row["persona"]: row["customers"] for row in told("personas", ask_of(rival))}
    all_of_both = told("personas", ask_of(acme, merchant_id=None))

    nothing = dict.fromkeys((rule.name for rule in rules.PERSONAS), 0)
    assert mine == nothing | {"champion": 7, "new": 9, "loyal": None, "lost": None}
    assert theirs == nothing | {"loyal": None, "cooling": None}
    assert {row["persona"]: row["customers"] for row in all_of_both} == nothing | {
        "champion": 7, "new": 9, "loyal": None, "lost": None, "cooling": None,
    }  # fmt: skip
    champions = next(row for row in all_of_both if row["persona"] == "champion")
    assert champions == {
        "persona": "champion", "customers": 7, "share": 4375, "visits": 14, "net": 70_000,
        "lifetime_value": 10_000, "net_year": 70_000, "expected": 3500,
    }  # fmt: skip


def test_groups_that_hold_enough_people_together_hide_no_other(acme: Person) -> None:
    put_customers(acme, champion=7, loyal=2, lost=3)

    counts = {row["persona"]: row["customers"] for row in told("personas", ask_of(acme))}

    assert (counts["champion"], counts["loyal"], counts["lost"]) == (7, None, None)


def test_cohorts_hide_small_cells_and_returning_customers_add_up(acme: Person) -> None:
    first, second, third = (date(2026, 11, day) for day in (2, 9, 16))
    put_cohorts(
        acme,
        [(first, 0, 20), (first, 1, 10), (first, 2, 4), (second, 0, 30), (second, 1, 6),
         (third, 0, 40)],
    )  # fmt: skip

    cells = {
        (row["cohort"].day, row["age"]): (row["customers"], row["share"], row["lifetime_value"])
        for row in told("cohorts", ask_of(acme))
    }
    weeks = [
        (row["period"].day, row["new"], row["returning"], row["returning_share"])
        for row in told("returning", ask_of(acme))
    ]

    # Of the third week's ten returning customers four are too few, and six would give them away.
    assert cells == {
        (2, 0): (20, 10_000, 100), (2, 1): (10, 5000, 150), (2, 2): (None, None, None),
        (9, 0): (30, 10_000, 100), (9, 1): (None, None, None), (16, 0): (40, 10_000, 100),
    }  # fmt: skip
    assert weeks == [(2, 20, 0, 0), (9, 30, 10, 2500), (16, 40, 10, 2000)]


def test_a_cohort_too_small_is_not_told_at_all_nor_the_one_that_would_give_it_away(
    acme: Person,
) -> None:
    put_cohorts(acme, [(date(2026, 11, 2), 0, 3), (date(2026, 11, 9), 0, 6),
                       (date(2026, 11, 9), 1, 5), (date(2026, 11, 16), 0, 9)])  # fmt: skip

    assert {row["cohort"].day for row in told("cohorts", ask_of(acme))} == {16}
    assert told("returning", ask_of(acme))[0]["new"] is None


def test_sales_hours_places_wallets_baskets_and_clues_say_what_was_sold(
    acme: Person, rival: Person, clock: ManualClock
) -> None:
    other = StoreFactory(merchant=acme.merchant)
    who = make_member(acme, make_programme(acme))
    pie = CAKE | {"sku": "P1", "name": "Pie", "unit_cost": 2700}
    sell(acme, clock, member_id=who.id)
    sell(acme, clock, items=[pie], payer_wallet="alipay_hk", payer_currency="HKD", store=other)
    give_back(sell(acme, clock, items=[pie, TEA], amount_minor=3000), 1000)
    sell(acme, clock, currency="USD")
    sell(rival, clock)
    with platform_scope():
        analyse()

    (sales,) = told("sales", ask_of(acme))
    assert sales == {
        "day": DAY, "payments": 3, "amount": 15_000, "mean": 5000, "discount": 0, "refunded": 1000,
        "refunded_payments": 1, "known_payments": 1, "known_share": 3333, "units_per_basket": 233,
    }  # fmt: skip
    hours = told("hours", ask_of(acme))
    assert len(hours) == 168
    assert [(row["weekday"], row["hour"], row["payments"]) for row in hours if row["amount"]] == [
        (7, 14, 3)
    ]
    assert [row["payments"] for row in told("places", ask_of(acme))] == [2, 1]
    merchants = told("places", ask_of(acme, merchant_id=None))
    assert [(row["place"], row["payments"]) for row in merchants] == [
        (acme.merchant.public_id, 3), (rival.merchant.public_id, 1),
    ]  # fmt: skip
    wallets = told("wallets", ask_of(acme))
    assert [(row["wallet"], row["region"], row["share"]) for row in wallets] == [
        ("alipay", "CN", 6667), ("alipay_hk", "HK", 3333),
    ]  # fmt: skip
    food, drinks = told("categories", ask_of(acme))
    assert (food["category"], food["payments"], food["margin"], food["margin_share"]) == (
        "food", 3, 2600, 2889,
    )  # fmt: skip
    assert (drinks["units"], drinks["margin"]) == (4, None)
    goods = {row["sku"]: (row["margin"], row["clue"]) for row in told("goods", ask_of(acme))}
    assert goods == {"C1": (2000, "offer_more"), "P1": (600, "check_price"), "T1": (None, "")}
    (here,) = told("sales", ask_of(acme, store_id=other.id))
    assert (here["payments"], here["amount"]) == (1, 6000)


def test_a_merchants_key_reads_its_own_and_an_acquirers_key_all_or_one(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    for person, count in ((acme, 2), (rival, 1), (outsider, 4)):
        for _ in range(count):
            sell(person, clock)
    with platform_scope():
        analyse()
    bank = client_with(AcquirerKeyFactory(acquirer=acme.acquirer).text)

    mine = acme.client().get("/v1/insights/sales").json()
    everybodys = bank.get("/v1/insights/sales").json()
    rivals = bank.get(f"/v1/insights/sales?merchant={rival.merchant.public_id}").json()

    assert {k: v for k, v in mine.items() if k != "data"} == {
        "object": "insight", "report": "sales", "livemode": False,
        "merchant": acme.merchant.public_id, "store": None, "currency": "HKD",
        "since": "2026-10-26", "until": "2026-11-23", "time_zone": "Asia/Hong_Kong", "as_of": None,
        "smallest_group": None,
    }  # fmt: skip
    payments = [answer["data"][0]["payments"] for answer in (mine, everybodys, rivals)]
    assert payments == [2, 3, 1]
    assert everybodys["merchant"] is None
    assert bank.get("/v1/insights/sales?livemode=true").json()["data"] == []
    stranger = bank.get(f"/v1/insights/sales?merchant={outsider.merchant.public_id}")
    other_store = acme.client().get(f"/v1/insights/hours?store={rival.store.public_id}")
    assert (stranger.status_code, other_store.status_code) == (404, 404)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_answers_a_merchant_without_a_sale(
    name: str, acme: Person, clock: ManualClock
) -> None:
    answer = acme.client().get(f"/v1/insights/{name}")

    assert (answer.status_code, answer.json()["data"]) == (200, [])
    assert answer.json()["currency"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2026-11-01&until=2026-11-01", "until"),
        ("since=1900-01-01", "until"),
        ("grain=year", "grain"),
        ("colour=red", "colour"),
        ("merchant=mer_1", "merchant"),
        ("currency=hkd", "currency"),
    ],
)
def test_a_question_that_is_none_is_refused_by_its_field(
    query: str, field: str, acme: Person
) -> None:
    refused = acme.client().get(f"/v1/insights/sales?{query}")

    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_keys_without_the_scope_or_of_one_store_and_questions_by_store_are_refused(
    acme: Person,
) -> None:
    no_scope = client_with(ApiKeyFactory(merchant=acme.merchant, scopes=["payments:read"]).text)
    bound = client_with(ApiKeyFactory(merchant=acme.merchant, store=acme.store).text)

    codes = [
        client.get(f"/v1/insights/{path}").json()["code"]
        for client, path in (
            (no_scope, "sales"),
            (bound, "sales"),
            (acme.client(), f"personas?store={acme.store.public_id}"),
        )
    ]

    assert codes == ["missing_scope", "key_of_one_store", "invalid_request"]
    assert client_with("tg_acquirer_nonsense").get("/v1/insights/sales").status_code == 401


def test_a_report_is_taken_as_csv_and_parquet_with_the_same_figures_and_on_record(
    acme: Person, clock: ManualClock, tmp_path: Path
) -> None:
    sell(acme, clock, items=[TEA | {"category": "=2+5"}])
    with platform_scope():
        analyse()

    text = acme.client().get("/v1/insights/categories?form=csv")
    binary = acme.client().get("/v1/insights/categories?form=parquet")

    (tmp_path / "it.parquet").write_bytes(binary.content)
    (row,) = csv.DictReader(io.StringIO(text.content.decode("utf-8-sig")))
    assert (row["category"], row["amount"], row["share"], row["margin"], row["currency"]) == (
        "'=2+5", "30.00", "1", "", "HKD",
    )  # fmt: skip
    typed = duckdb.read_parquet(str(tmp_path / "it.parquet"))
    assert typed.fetchall() == [
        ("=2+5", 1, 2, Decimal("30.00"), Decimal("1.0000"), None, None, "HKD")
    ]
    assert str(typed.types[3]) == "DECIMAL(20,2)"
    assert text["Content-Disposition"] == (
        'attachment; filename="categories-HKD-2026-10-26-2026-11-23.csv"'
    )
    with platform_scope():
        entries = AuditEntry.objects.filter(table="insights_taken").order_by("id")
        assert [entry.actor for entry in entries] == [acme.key.public_id] * 2
