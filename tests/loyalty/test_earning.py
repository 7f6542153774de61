"""The arithmetic of points: exact examples, and what holds for whatever numbers there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning import FULL, POINTS_LIMIT, Line, Terms, earn, keep
from loyalty.member_state import Rounding

A_POINT_A_DOLLAR = Terms(points=1, per_minor=100)
ROUNDINGS = st.sampled_from(list(Rounding))
MINOR = st.integers(1, 10_000_000_000)
LINES = st.lists(st.builds(Line, st.integers(0, 10**9), st.integers(0, 100 * FULL)), max_size=8)


@pytest.mark.parametrize(
    ("rounding", "points"), [(Rounding.DOWN, 180), (Rounding.HALF_UP, 181), (Rounding.UP, 181)]
)
def test_a_tier_multiplies_and_a_payment_is_rounded_once(rounding: Rounding, points: int) -> None:
    terms = Terms(points=1, per_minor=100, tier_basis_points=15_000, rounding=rounding)

    assert earn(terms, asked_minor=12_050, charged_minor=12_050) == points  # 180.75


def test_what_coupons_and_points_paid_earns_nothing() -> None:
    assert earn(A_POINT_A_DOLLAR, asked_minor=12_000, charged_minor=9_000) == 90
    assert earn(A_POINT_A_DOLLAR, asked_minor=12_000, charged_minor=0) == 0


@pytest.mark.parametrize(
    ("charged", "lines", "points"),
    [
        (10_000, [Line(4_000, 2 * FULL)], 140),  # 60 once, 40 twice
        (5_000, [Line(4_000, 2 * FULL)], 70),  # half of it was paid with a coupon
        (10_000, [Line(4_000, 0)], 60),
        (10_000, [Line(10_000, 0)], 0),
        (10_000, [Line(15_000, FULL), Line(5_000, 3 * FULL)], 150),  # named more than was asked
    ],
)
def test_goods_of_a_category_count_by_their_share(
    charged: int, lines: list[Line], points: int
) -> None:
    found = earn(A_POINT_A_DOLLAR, asked_minor=10_000, charged_minor=charged, lines=lines)

    assert found == points


def test_three_thirds_come_back_as_one_whole() -> None:
    left = [
        keep(100, amount_minor=300, refunded_minor=refunded, rounding=Rounding.HALF_UP)
        for refunded in (0, 100, 200, 300)
    ]

    assert left == [100, 67, 33, 0]


@given(MINOR, st.integers(0, 10**6), st.integers(1, 10**6), LINES, ROUNDINGS)
def test_more_charged_never_earns_less_and_nothing_earns_nothing(
    asked: int, points: int, per_minor: int, lines: list[Line], rounding: Rounding
) -> None:
    terms = Terms(points=points, per_minor=per_minor, rounding=rounding)
    earned = [
        earn(terms, asked_minor=asked, charged_minor=charged, lines=lines)
        for charged in (0, asked // 3, asked // 2, asked)
    ]

    assert earned == sorted(earned)
    assert earned[0] == 0
    assert earned[-1] <= POINTS_LIMIT


@given(MINOR, st.lists(st.integers(0, 100 * FULL), min_size=1, max_size=1), ROUNDINGS)
def test_how_a_basket_is_cut_into_lines_does_not_matter(
    asked: int, multiplier: list[int], rounding: Rounding
) -> None:
    terms = Terms(points=3, per_minor=7, rounding=rounding)
    whole = [Line(asked, multiplier[0])]
    cut = [Line(asked // 3, multiplier[0]), Line(asked - asked // 3, multiplier[0])]

    assert earn(terms, asked_minor=asked, charged_minor=asked, lines=whole) == earn(
        terms, asked_minor=asked, charged_minor=asked, lines=cut
    )


@given(st.integers(0, 10**9), MINOR, st.lists(st.integers(1, 10**9), max_size=20), ROUNDINGS)
def test_refunds_take_points_step_by_step_and_end_at_zero(
    points: int, charged: int, refunds: list[int], rounding: Rounding
) -> None:
    left, refunded = [points], 0
    for each in [*refunds, charged]:
        refunded = min(charged, refunded + each)
        left.append(keep(points, amount_minor=charged, refunded_minor=refunded, rounding=rounding))

    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
    assert keep(points, amount_minor=charged, refunded_minor=0, rounding=rounding) == points
