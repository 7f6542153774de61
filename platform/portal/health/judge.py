"""Judging a reading: trouble, calm, or neither. Pure functions."""

import math
from collections.abc import Sequence
from enum import StrEnum

from portal.health import rules


class Verdict(StrEnum):
    TROUBLE = "trouble"
    STAYS = "stays"  # between the two limits: what is open stays open, nothing opens
    CALM = "calm"
    UNKNOWN = "unknown"  # too few payments to tell


def judge(value: float, sample: int, *, minimum: int, opens_at: float, closes_at: float) -> Verdict:
    """What a share or a time says."""
    if sample < minimum:
        return Verdict.UNKNOWN
    if value >= opens_at:
        return Verdict.TROUBLE
    return Verdict.STAYS if value >= closes_at else Verdict.CALM


def chance_of_so_few(observed: int, expected: float) -> float:
    """The probability of at most ``observed`` sales by chance where ``expected`` come on average
    (Poisson)."""
    term = total = math.exp(-expected)
    for number in range(1, observed + 1):
        term *= expected / number
        total += term
    return min(1.0, total)


def judge_silence(observed: int, earlier: Sequence[int]) -> Verdict:
    """Are there too few sales, beside the same time of ``earlier`` weeks?

    The weakest of the earlier weeks is what is expected: weeks differ by more than chance, and a
    false alarm costs more than a late one. A week without any sale was a holiday and is left out.
    """
    weeks = [count for count in earlier if count]
    if len(weeks) < rules.SILENCE_WEEKS_NEEDED:
        return Verdict.UNKNOWN
    expected = min(weeks)
    if observed >= expected * rules.SILENCE_CLOSES_AT:
        return Verdict.CALM
    few = observed <= expected * rules.SILENCE_SHARE
    if few and chance_of_so_few(observed, expected) < rules.SILENCE_CHANCE:
        return Verdict.TROUBLE
    return Verdict.STAYS
