"""The histogram's figures, and the table of failure groups."""

import pytest

from connectors.failures import FAILURES
from portal.measures import BUCKETS, GROUPS, STEPS_MS, FailureGroup, codes_of, group_of, quantile_ms


def histogram(**counts: int) -> list[int]:
    made = [0] * BUCKETS
    for bucket, count in counts.items():
        made[int(bucket[1:])] = count
    return made


@pytest.mark.parametrize(
    ("counts", "quantile", "ms"),
    [
        ({}, 0.5, None),
        ({"b0": 1}, 0.5, 25),
        ({"b0": 1}, 1.0, 50),
        ({"b2": 100}, 0.5, 85),  # halfway from 70 to 100
        ({"b0": 99, "b5": 1}, 0.99, 50),
        ({"b0": 98, "b5": 2}, 0.99, 240),  # 200 to 280
        ({f"b{BUCKETS - 1}": 3}, 0.5, STEPS_MS[-1]),
    ],
)
def test_a_quantile_is_exact_to_the_bucket(
    counts: dict[str, int], quantile: float, ms: int | None
) -> None:
    assert quantile_ms(histogram(**counts), quantile) == ms


def test_two_histograms_are_merged_by_adding_them() -> None:
    day, night = histogram(b1=10), histogram(b8=10)
    both = [a + b for a, b in zip(day, night, strict=True)]

    assert (quantile_ms(both, 0.25), quantile_ms(both, 0.75)) == (60, 680)


def test_steps_rise() -> None:
    assert list(STEPS_MS) == sorted(set(STEPS_MS))


def test_every_group_but_other_has_codes_and_each_is_one_of_ours() -> None:
    assert [group for group in GROUPS if not codes_of(group)] == [FailureGroup.OTHER]
    assert {code for group in GROUPS for code in codes_of(group)} <= set(FAILURES)
    assert group_of("a_code_of_tomorrow") is FailureGroup.OTHER
