"""The settings of a fee plan that are words: each says how an amount is computed."""

from enum import StrEnum


class Rounding(StrEnum):
    """How a fraction of a minor unit is rounded, of the percentage and of the VAT alike."""

    HALF_UP = "half_up"  # 0.5 becomes 1
    HALF_EVEN = "half_even"  # 0.5 becomes 0, 1.5 becomes 2: the bankers' way
    UP = "up"  # any fraction becomes 1
    DOWN = "down"  # any fraction is dropped


class Tiers(StrEnum):
    """What a tier prices, once the month's volume has reached it."""

    MARGINAL = "marginal"  # the part of the volume that lies in it, also of one sale
    WHOLE = "whole"  # each sale whole, by the tier reached before it; earlier ones stay


class Returning(StrEnum):
    """What becomes of a sale's fee when the money goes back."""

    RETURNED = "returned"  # in proportion; the last refund returns the rest
    KEPT = "kept"
