"""What is counted: the groups of failures, and the steps of the histogram of answer times.

Both are positions in arrays that are kept for years: append to the groups, never reorder; the
steps never change.
"""

from collections.abc import Sequence
from enum import StrEnum


class FailureGroup(StrEnum):
    """Why a payment came to nothing, as far as staff act differently on it."""

    CODE_READ = "code_read"  # the scanner, or a stale code
    FUNDS = "funds"
    PAYER = "payer"  # did not confirm, may not pay
    DECLINED = "declined"
    SET_UP = "set_up"  # ours or the contract's
    SCHEME = "scheme"  # no answer in time
    MERCHANT = "merchant"  # the till stopped it
    OTHER = "other"


GROUPS: tuple[FailureGroup, ...] = tuple(FailureGroup)
_GROUP_OF: dict[str, FailureGroup] = {
    "payment_code_invalid": FailureGroup.CODE_READ,
    "payment_code_expired": FailureGroup.CODE_READ,
    "insufficient_balance": FailureGroup.FUNDS,
    "payer_limit_exceeded": FailureGroup.FUNDS,
    "payer_not_allowed": FailureGroup.PAYER,
    "payer_action_timeout": FailureGroup.PAYER,
    "payment_closed": FailureGroup.PAYER,
    "risk_declined": FailureGroup.DECLINED,
    "payment_declined": FailureGroup.DECLINED,
    "merchant_not_active": FailureGroup.SET_UP,
    "scheme_configuration": FailureGroup.SET_UP,
    "scheme_unavailable": FailureGroup.SCHEME,
    "canceled_by_merchant": FailureGroup.MERCHANT,
}

# Upper ends in milliseconds, each about 1.4 times the one before; one more bucket lies above.
STEPS_MS: tuple[int, ...] = (
    50, 70, 100, 140, 200, 280, 400, 560, 800, 1100, 1600, 2200, 3200, 4500, 6400, 9000, 13000,
    18000, 25000, 36000,
)  # fmt: skip
BUCKETS = len(STEPS_MS) + 1

# The columns of portal.models.figures that are added up, and the arrays with their lengths.
SUMS = (
    "tried", "succeeded", "failed", "canceled", "in_doubt", "unknown", "amount_minor", "refunds",
    "refunded_minor",
)  # fmt: skip
ARRAYS = {"failures": len(GROUPS), "answers": BUCKETS}


def group_of(failure_code: str) -> FailureGroup:
    """The group of one of our failure codes (connectors.failures)."""
    return _GROUP_OF.get(failure_code, FailureGroup.OTHER)


def codes_of(group: FailureGroup) -> tuple[str, ...]:
    """The failure codes of a group; OTHER has none of its own."""
    return tuple(code for code, its in _GROUP_OF.items() if its is group)


def quantile_ms(counts: Sequence[int], quantile: float) -> int | None:
    """The answer time in ms below which ``quantile`` (0 to 1) of the answers lie; None without any.

    Exact to the bucket, and evenly spread within it. Above the last step it is that step.
    """
    wanted = sum(counts) * quantile
    if not any(counts):
        return None
    below = 0
    for bucket, count in enumerate(counts):
        if count and below + count >= wanted:
            low = STEPS_MS[bucket - 1] if bucket else 0
            high = STEPS_MS[bucket] if bucket < len(STEPS_MS) else low
            return round(low + (high - low) * (wanted - below) / count)
        below += count
    return STEPS_MS[-1]
