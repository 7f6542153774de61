"""What a campaign takes off a basket: exact values, and what holds for every basket."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.coupon_codes import (
    ALPHABET,
    is_unique_code,
    looks_mistyped,
    new_code,
    read_code,
    show_code,
)
from loyalty.discounts import DiscountKind, Line, Terms, take_off

K = DiscountKind
TEA, CAKE, CUP = (
    Line(3, 1000, "tea", "drinks"),
    Line(2, 455, "cake", "food"),
    Line(1, 8000, "cup", "goods"),
)
BASKET = [TEA, CAKE, CUP]
PRICE = 3 * 1000 + 2 * 455 + 8000


@pytest.mark.parametrize(
    ("terms", "price", "off"),
    [
        (Terms(K.AMOUNT, amount_minor=500), PRICE, 500),
        (Terms(K.AMOUNT, amount_minor=500), 300, 300),
        (Terms(K.AMOUNT, amount_minor=1000, skus=frozenset({"cake"})), PRICE, 910),
        (Terms(K.AMOUNT, amount_minor=1000, skus=frozenset({"milk"})), PRICE, 0),
        (Terms(K.PERCENTAGE, basis_points=1500), 333, 49),  # 49.95 rounded down
        (Terms(K.PERCENTAGE, basis_points=1500, cap_minor=1000), PRICE, 1000),
        (Terms(K.PERCENTAGE, basis_points=5000, categories=frozenset({"food"})), PRICE, 455),
        (Terms(K.PERCENTAGE, basis_points=10_000), PRICE, PRICE),
        (Terms(K.ITEM, amount_minor=600, skus=frozenset({"tea", "cake"})), PRICE, 3 * 600 + 910),
        (Terms(K.ITEM, basis_points=3333, skus=frozenset({"cake"})), PRICE, 303),
        (Terms(K.ITEM, amount_minor=600), PRICE, 3 * 600 + 2 * 455 + 600),
        # Of three teas one is free; of six pieces, the two cheapest.
        (
            Terms(
                K.BUY_X_GET_Y,
                basis_points=10_000,
                skus=frozenset({"tea"}),
                buy_quantity=2,
                get_quantity=1,
            ),
            PRICE,
            1000,
        ),
        (Terms(K.BUY_X_GET_Y, basis_points=5000, buy_quantity=2, get_quantity=1), PRICE, 455),
        (Terms(K.BUY_X_GET_Y, basis_points=10_000, buy_quantity=6, get_quantity=1), PRICE, 0),
    ],
)
def test_each_kind_takes_off_what_it_says(terms: Terms, price: int, off: int) -> None:
    assert take_off(terms, price, BASKET) == off


_LINES = st.lists(
    st.builds(
        Line,
        quantity=st.integers(1, 1000),
        unit_amount=st.integers(0, 10**7),
        sku=st.sampled_from(["tea", "cake", None]),
        category=st.sampled_from(["food", None]),
    ),
    max_size=6,
)
_TERMS = st.builds(
    Terms,
    kind=st.sampled_from(DiscountKind),
    amount_minor=st.integers(0, 10**8),
    basis_points=st.integers(0, 10_000),
    cap_minor=st.none() | st.integers(1, 10**6),
    skus=st.sampled_from([frozenset(), frozenset({"tea"})]),
    buy_quantity=st.integers(1, 5),
    get_quantity=st.integers(1, 5),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(terms=_TERMS, price=st.integers(1, 10**10), lines=_LINES)
def test_nothing_takes_off_more_than_the_price_the_goods_or_the_cap(
    terms: Terms, price: int, lines: list[Line]
) -> None:
    off = take_off(terms, price, lines)

    assert 0 <= off <= price
    assert terms.cap_minor is None or off <= terms.cap_minor
    if terms.skus:
        assert off <= sum(line.quantity * line.unit_amount for line in lines if line.sku == "tea")
    assert off == take_off(terms, price, list(reversed(lines)))
    # The same goods on more lines are the same goods.
    split = [Line(1, each.unit_amount, each.sku, each.category) for each in lines[:1]]
    rest = [
        Line(each.quantity - 1, each.unit_amount, each.sku, each.category) for each in lines[:1]
    ]
    assert off == take_off(terms, price, [*split, *(r for r in rest if r.quantity), *lines[1:]])


def test_a_unique_code_has_no_look_alikes_and_every_wrong_character_is_found() -> None:
    codes = {new_code() for _ in range(200)}

    assert len(codes) == 200
    code = codes.pop()
    assert set("0O1ILU").isdisjoint(ALPHABET)
    for place in range(12):
        for other in set(ALPHABET) - {code[place]}:
            assert looks_mistyped(code[:place] + other + code[place + 1 :])
    assert read_code(f" {show_code(code).lower()} ") == code
    assert is_unique_code(code)
    assert not looks_mistyped(code)


def test_a_shared_code_is_a_word() -> None:
    assert (read_code("tea-10"), read_code("tea"), read_code("10 %")) == ("TEA10", None, None)
    assert show_code("TEA10") == "TEA10"
