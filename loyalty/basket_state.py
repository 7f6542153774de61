"""What a basket can be, and how much is kept and looked at."""

from enum import StrEnum


class BasketSource(StrEnum):
    """Where a basket comes from."""

    PAYMENT = "payment"
    IMPORT = "import"  # brought from a file: it was never paid through us


class RuleSetStatus(StrEnum):
    """Where a computation of rules stands."""

    WAITING = "waiting"
    COMPUTING = "computing"
    CURRENT = "current"  # tills recommend by it
    SUPERSEDED = "superseded"
    FAILED = "failed"


AMOUNT_LIMIT_MINOR = 10_000_000_000  # Alipay's largest amount
SKU_LENGTH = 64
