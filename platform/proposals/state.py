"""Where a proposal stands, and when a second person is needed. No Django, no I/O."""

from collections.abc import Mapping
from enum import StrEnum

from kernel.money import Money


class Status(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"  # by another person, and applied in the same transaction
    REFUSED = "refused"  # by another person, or because what it was made against has changed
    WITHDRAWN = "withdrawn"  # by the person who proposed it
    EXPIRED = "expired"  # nobody decided in time


class Need(StrEnum):
    """When a second person is needed for a kind of change."""

    ALWAYS = "always"
    ABOVE = "above"  # a limit in the amount's currency
    NEVER = "never"


def is_needed(need: Need, limits: Mapping[str, int], amount: Money | None) -> bool:
    """Whether a change of ``amount`` needs a second person.

    ``limits`` are minor units by currency; a currency without a limit needs one for any amount.
    """
    if need is not Need.ABOVE or amount is None:
        return need is not Need.NEVER
    return amount.minor > limits.get(amount.currency, 0)
