"""What offering brings: the interval is the published one, and nothing is said of nothing."""

import pytest

from loyalty.uplift import Group, margin_uplift, rate_uplift, wilson


def test_the_interval_of_a_difference_is_newcombes() -> None:
    """His example: 56 of 70 against 48 of 80 (Statistics in Medicine 17, table II, method 10)."""
    found = rate_uplift(Group(70, 56), Group(80, 48))

    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_interval_of_nothing_out_of_ten_ends_above_nothing() -> None:
    """9 of 10 against 3 of 10, and 0 of 10: rates at the edge have an interval, too."""
    found = rate_uplift(Group(10, 9), Group(10, 3))

    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=5e-5)


def test_an_empty_group_and_few_sales_say_nothing() -> None:
    assert rate_uplift(Group(5, 1), Group()) is None
    assert margin_uplift(Group(100, 10, 500, 9000), Group(29, 1, 50, 2500)) is None


def test_the_difference_of_margins_is_welchs() -> None:
    """100 sales of 10 or 0 by halves, against 50 of 4 each."""
    found = margin_uplift(Group(100, 50, 500, 5000), Group(50, 50, 200, 800))

    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((1.0, 0.0151, 1.9849), abs=5e-5)
