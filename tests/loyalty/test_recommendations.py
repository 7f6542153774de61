"""``POST /v1/recommendations``: ranked by margin, held out by a keyed draw, measured by sales."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from loyalty.control_group import is_held_out
from loyalty.models import Offer, Product, Recommendation, RecommendationTerms, Rule, RuleSet
from loyalty.services import recommend as module
from loyalty.services.copy_baskets import copy_changes
from payments.models import Payment
from payments.services.cancel import cancel_payment
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import GIVEN_BACK_BY_CANCEL, PAID, FakeScheme
from tests.loyalty.test_baskets import sell
from tests.payments.conftest import principal_of
from tests.people import Person

pytestmark = pytest.mark.django_db
RULES: tuple[tuple[tuple[str, ...], str, int, int], ...] = (
    (("bread",), "butter", 60, 100),
    (("bread",), "jam", 20, 100),
    (("bread",), "wine", 10, 100),
    (("bread",), "cheese", 50, 100),
    (("bread", "butter"), "jam", 30, 60),
    (("tea",), "milk", 9, 10),
)
PRICES = {"butter": (3000, 2500), "jam": (4000, 1000), "wine": (20000, 8000)}


@pytest.fixture
def shop(acme: Person) -> Person:
    """acme with rules and a catalogue: of cheese nobody knows a cost, milk is not on sale."""
    furnish(acme)
    return acme


def furnish(person: Person) -> None:
    mine = {"acquirer": person.acquirer, "merchant": person.merchant}
    with platform_scope():
        rules = RuleSet.objects.create(livemode=False, status="current", basket_count=1000, **mine)
        for antecedent, consequent, both, first in RULES:
            Rule.objects.create(
                rule_set=rules, livemode=False, anchor=antecedent[0], antecedent=list(antecedent),
                consequent=consequent, both_count=both, antecedent_count=first,
                consequent_count=both, name=consequent.title(), currency="HKD",
                unit_amount_minor=1000, **mine,
            )  # fmt: skip
        for sku, (price, cost) in PRICES.items():
            Product.objects.create(
                sku=sku, name=f"Our {sku}", currency="HKD", price_minor=price, cost_minor=cost,
                **mine,
            )  # fmt: skip
        Product.objects.create(sku="milk", name="Milk", currency="HKD", is_active=False, **mine)
        Product.objects.create(sku="cheese", name="Cheese", currency="HKD", **mine)


def terms(person: Person, **values: Any) -> None:
    with platform_scope():
        RecommendationTerms.objects.create(
            acquirer=person.acquirer, merchant=person.merchant, **values
        )


def ask(person: Person, *basket: str, reference: str = "S1", **changes: Any) -> Any:
    said = {
        "merchant_reference": reference,
        "store": person.store.public_id,
        "currency": "HKD",
        "basket": list(basket),
    }
    return person.client().post("/v1/recommendations", said | changes, format="json")


def offered(answer: Any) -> list[tuple[str, int]]:
    assert answer.status_code == 201, answer.json()
    return [(offer["sku"], offer["expected_margin"]) for offer in answer.json()["offers"]]


def test_offers_are_ranked_by_expected_margin_and_written_down(shop: Person) -> None:
    terms(shop, control_basis_points=0)

    answer = ask(shop, "bread")

    # wine 0.1 x 12000, jam 0.2 x 3000, butter 0.6 x 500, cheese 0.5 x 30% of 1000
    assert offered(answer) == [("wine", 1200), ("jam", 600), ("butter", 300)]
    shown = answer.json()
    assert shown["offers"][0] == {
        "sku": "wine", "name": "Our wine", "category": None, "price": 20000,
        "confidence": "0.1000", "expected_margin": 1200, "cost_assumed": False,
    }  # fmt: skip
    assert (shown["control"], shown["merchant_reference"]) == (False, "S1")
    with platform_scope():
        kept = Recommendation.objects.get()
        offers = Offer.objects.order_by("rank").values_list("rank", "sku", "price_minor")
        assert list(offers) == [(1, "wine", 20000), (2, "jam", 4000), (3, "butter", 3000)]
    assert (kept.public_id, kept.merchant_id) == (shown["id"], shop.merchant.id)


def test_the_basket_itself_what_is_not_on_sale_and_another_currency_are_not_offered(
    shop: Person,
) -> None:
    terms(shop, control_basis_points=0)

    # With butter in the basket jam is likelier: 30 of 60.
    both = ask(shop, "bread", "butter", "wine", "unknown", limit=10)
    assert offered(both) == [("jam", 1500), ("cheese", 150)]
    assert both.json()["offers"][1]["cost_assumed"] is True
    assert offered(ask(shop, "tea", reference="S2")) == []
    assert offered(ask(shop, "bread", reference="S3", currency="CNY")) == []


def test_a_merchant_has_its_own_rules_and_terms(
    shop: Person, rival: Person, outsider: Person
) -> None:
    terms(shop, is_active=False)
    furnish(rival)
    terms(rival, control_basis_points=0, assumed_margin_basis_points=10_000)

    assert offered(ask(shop, "bread")) == []
    assert offered(ask(outsider, "bread")) == []
    assert ("cheese", 500) in offered(ask(rival, "bread", limit=10))
    refused = ask(shop, "bread", reference="S9", store=rival.store.public_id)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "store")
    with platform_scope():
        assert not Recommendation.objects.filter(merchant_reference="S9").exists()


def test_asking_again_in_one_sale_stays_in_its_group_and_adds_what_is_new(shop: Person) -> None:
    terms(shop, control_basis_points=0)
    first, second = ask(shop, "bread"), ask(shop, "bread", "wine")

    assert first.json()["id"] == second.json()["id"]
    with platform_scope():
        assert Recommendation.objects.get().asked_count == 2
        assert set(Offer.objects.values_list("sku", flat=True)) == {*PRICES, "cheese"}


def test_the_same_key_asks_once(shop: Person) -> None:
    terms(shop, control_basis_points=0)
    said = {"merchant_reference": "S1", "store": shop.store.public_id, "currency": "HKD",
            "basket": ["bread"]}  # fmt: skip
    answers = [
        shop.client().post("/v1/recommendations", said, format="json", HTTP_IDEMPOTENCY_KEY="k")
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()


def test_the_draw_is_the_same_every_time_and_as_large_as_was_asked(acme: Person) -> None:
    references = [f"R{number}" for number in range(4000)]
    drawn = [is_held_out(acme.merchant.id, each, 1000) for each in references]

    assert drawn == [is_held_out(acme.merchant.id, each, 1000) for each in references]
    assert 340 < sum(drawn) < 460  # 400, three standard deviations around
    assert not any(is_held_out(acme.merchant.id, each, 0) for each in references)
    assert all(is_held_out(acme.merchant.id, each, 10_000) for each in references)


def test_the_control_group_is_shown_nothing_and_both_are_measured_by_what_was_paid(
    shop: Person,
    rival: Person,
    scheme: FakeScheme,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scheme.will("pay", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    monkeypatch.setattr(module, "is_held_out", lambda merchant, reference, _: reference[0] == "C")
    jam = {"sku": "jam", "name": "Jam", "quantity": 2, "unit_amount": 4000, "unit_cost": 1500}
    bread = {"sku": "bread", "name": "Bread", "quantity": 1, "unit_amount": 1000}
    ids = {}
    for reference, items in {
        "O1": [bread, jam], "O2": [bread], "O3": [bread, jam], "C1": [bread], "C2": [bread],
    }.items():  # fmt: skip
        answer = ask(shop, "bread", reference=reference)
        assert bool(answer.json()["offers"]) is (reference[0] == "O")
        ids[reference] = sell(shop, reference, *items)["id"]
    ask(shop, "bread", reference="O4")  # never paid
    ask(shop, "tea", reference="O5")  # nothing to offer
    sell(shop, "O5", bread)
    copy_changes()

    clock.advance(1)
    before = uplift(shop)
    with tenant_scope(shop.acquirer.id, shop.merchant.id):
        payment = Payment.objects.get(id=Payment.public_id_to_uuid(ids["O3"]))
        cancel_payment(principal_of(shop), payment, None)
    copy_changes()
    after = uplift(shop)

    assert before["offered"] == {
        "sales": 3, "taken": 2, "attach_rate": "0.6667", "margin": 10000,
        "margin_per_sale": "3333.33",
    }  # fmt: skip
    assert before["control"] | {"margin_per_sale": ""} == {
        "sales": 2, "taken": 0, "attach_rate": "0.0000", "margin": 0, "margin_per_sale": "",
    }  # fmt: skip
    assert before["attach_rate_uplift"]["value"] == "0.6667"
    assert before["margin_per_sale_uplift"] is None  # too few to say
    assert (after["offered"]["sales"], after["offered"]["margin"]) == (2, 5000)
    assert (before["asked"], uplift(rival)["asked"]) == (7, 0)


def uplift(person: Person) -> Any:
    answer = person.client().get("/v1/recommendations/uplift")
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"basket": []}, "basket"),
        ({"basket": ["x"] * 201}, "basket"),
        ({"limit": 11}, "limit"),
        ({"merchant_reference": " "}, "merchant_reference"),
    ],
)
def test_a_bad_question_is_named_and_nothing_is_written(
    shop: Person, change: dict[str, Any], field: str
) -> None:
    answer = ask(shop, "bread", **change)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    with platform_scope():
        assert not Recommendation.objects.exists()


def test_an_answer_costs_three_statements_whatever_the_basket(
    shop: Person, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client: APIClient = shop.client()
    said = {"merchant_reference": "S1", "store": shop.store.public_id, "currency": "HKD"}
    client.get("/v1/stores")

    with django_assert_max_num_queries(9):
        client.post("/v1/recommendations", said | {"basket": ["bread"] * 100}, format="json")
