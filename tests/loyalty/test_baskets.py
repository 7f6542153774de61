"""Baskets are what the payments say: copied once, gone when taken back, the same if copied anew."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from loyalty.models import Basket, BasketLine, BasketProgress, Product
from loyalty.services.copy_baskets import copy_again, copy_changes, fill_gaps
from payments.models import Payment
from payments.services.cancel import cancel_payment
from payments.services.refund import RefundOrder, create_refund
from tenancy.scope import platform_scope, tenant_scope
from tests.fakes import DECLINED, GIVEN_BACK_BY_CANCEL, PAID, REFUNDED, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.payments.conftest import principal_of
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]
TEA = {"name": "Jasmine tea", "sku": "T1", "quantity": 2, "unit_amount": 5000}
POT = {"name": "Pot", "sku": "P1", "category": "Ware", "quantity": 1, "unit_amount": 2050,
       "unit_cost": 900}  # fmt: skip
BAG = {"name": "Bag", "quantity": 1, "unit_amount": 0}


def sell(person: Person, reference: str, *items: Any) -> dict[str, Any]:
    said = body(person, merchant_reference=reference, items=list(items))
    answer = person.client().post("/v1/payments", said, format="json", **NOW)
    assert answer.status_code == 201, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def make_product(person: Person, sku: str, **values: Any) -> Product:
    given = {"name": sku, "currency": "HKD", "category": "Tea", "cost_minor": 2000}
    with platform_scope():
        return Product.objects.create(
            acquirer=person.acquirer, merchant=person.merchant, sku=sku, **(given | values)
        )


def rows() -> list[tuple[Any, ...]]:
    """Every line with its basket, as an analysis sees them."""
    with platform_scope():
        return list(
            BasketLine.objects.order_by("basket_id", "number").values_list(
                "id", "basket_id", "merchant_id", "basket__store_id", "basket__reference",
                "basket__amount_minor", "basket__refunded_minor", "basket__lines_minor",
                "basket__line_count", "number", "sku", "name", "category", "quantity",
                "unit_amount_minor", "unit_cost_minor", "bought_at",
            )
        )  # fmt: skip


def test_a_succeeded_payments_items_become_rows_and_the_catalogue_fills_in_what_the_till_left_out(
    acme: Person, rival: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID, PAID, DECLINED)
    make_product(acme, "T1")
    make_product(rival, "P1", category="Not ours", cost_minor=1)
    sold = sell(acme, "R1", TEA, POT, BAG)
    sell(acme, "R2")  # without items there is no basket
    declined = acme.client().post(
        "/v1/payments", body(acme, merchant_reference="R3", items=[TEA]), format="json", **NOW
    )

    assert copy_changes() == 3

    assert declined.json()["status"] == "failed"
    with platform_scope():
        payment = Payment.objects.get(merchant_reference="R1")
    common = (payment.id, acme.merchant.id, acme.store.id, "R1", 12050, 0, 12050, 3)
    assert [row[1:-1] for row in rows()] == [
        (*common, 1, "T1", "Jasmine tea", "Tea", 2, 5000, 2000),
        (*common, 2, "P1", "Pot", "Ware", 1, 2050, 900),
        (*common, 3, "", "Bag", "", 1, 0, None),
    ]
    assert sold["items"] == [TEA, POT, BAG]  # the till's own words are not touched


def test_refunds_are_reflected_a_cancelled_payment_goes_and_anew_is_the_same(
    acme: Person, outsider: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    kept, gone = sell(acme, "R1", TEA), sell(acme, "R2", POT)
    sell(outsider, "R1", TEA)
    copy_changes()
    clock.advance(60)
    principal = principal_of(acme)
    with tenant_scope(principal.acquirer_id, principal.merchant_id):
        order = RefundOrder(500, None, None, None)
        create_refund(principal, Payment.public_id_to_uuid(kept["id"]), order)
        payment = Payment.objects.get(id=Payment.public_id_to_uuid(gone["id"]))
        cancel_payment(principal, payment, None)

    copy_changes()
    copied = rows()
    again = copy_changes()

    assert [(row[4], row[6], row[10]) for row in copied] == [("R1", 500, "T1"), ("R1", 0, "T1")]
    assert again == 3  # looked at once more, and nothing is different
    assert rows() == copied
    with platform_scope():
        Basket.objects.all().delete()
        BasketProgress.objects.all().delete()
    assert copy_again() == 3
    assert rows() == copied


def test_a_gap_is_filled_when_the_catalogue_learns_and_what_a_line_says_stays(
    acme: Person, rival: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    sell(acme, "R1", TEA, POT)
    sell(rival, "R1", TEA)
    copy_changes()
    make_product(acme, "T1")
    make_product(acme, "P1", category="Other", cost_minor=5)

    with tenant_scope(acme.acquirer.id, acme.merchant.id):
        assert fill_gaps(acme.merchant.id, livemode=False) == 1
        assert fill_gaps(acme.merchant.id, livemode=False) == 0

    kept = [(row[2], row[10], row[12], row[15]) for row in rows()]
    assert kept == [
        (acme.merchant.id, "T1", "Tea", 2000),
        (acme.merchant.id, "P1", "Ware", 900),
        (rival.merchant.id, "T1", "", None),
    ]


def test_a_cost_of_another_currency_is_not_taken(acme: Person, scheme: FakeScheme) -> None:
    scheme.will("pay", PAID)
    make_product(acme, "T1", currency="CNY")
    sell(acme, "R1", TEA)

    copy_changes()

    assert [(row[12], row[15]) for row in rows()] == [("Tea", None)]


@pytest.mark.parametrize(
    ("items", "field", "code"),
    [
        ([TEA | {"sku": ""}], "items.0.sku", "too_short"),
        ([TEA | {"unit_cost": -1}], "items.0.unit_cost", "too_small"),
        ([TEA | {"quantity": 1.5}], "items.0.quantity", "not_an_integer"),
        ([TEA | {"price": 1}], "items.0.price", "unknown_field"),
        ([TEA] * 201, "items", "too_long"),
        ([TEA, TEA | {"quantity": 1_000_000, "unit_amount": 10_000}], "items",
         "amount_out_of_range"),
    ],
)  # fmt: skip
def test_bad_items_are_named_and_nothing_is_charged(
    api: APIClient, acme: Person, scheme: FakeScheme, items: Any, field: str, code: str
) -> None:
    answer = api.post("/v1/payments", body(acme, items=items), format="json", **NOW)

    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["field"], fault["code"]) == (400, field, code)
    assert scheme.kinds() == []


def test_a_basket_of_one_merchant_is_hidden_from_the_others_by_the_database(
    acme: Person, rival: Person, outsider: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    sell(acme, "R1", TEA)
    copy_changes()

    for person, seen in ((acme, 1), (rival, 0), (outsider, 0)):
        with tenant_scope(person.acquirer.id, person.merchant.id), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM loyalty_basketline")
            assert cursor.fetchone() == (seen,)
