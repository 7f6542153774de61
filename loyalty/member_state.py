"""What a member, a consent and an entry of points can be."""

from enum import StrEnum


class MemberStatus(StrEnum):
    """Only ``active`` earns and spends; ``forgotten`` is the end."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    FORGOTTEN = "forgotten"


class Purpose(StrEnum):
    """What a customer agrees to, each by itself."""

    MEMBERSHIP = "membership"
    MARKETING = "marketing"
    WALLET = "wallet"  # that a wallet which paid once is known again


class EntryKind(StrEnum):
    """Why points came or went."""

    EARN = "earn"
    BURN = "burn"
    EXPIRE = "expire"
    CORRECT = "correct"  # what a refund takes back, or a payment that was taken back
    ADJUST = "adjust"  # by a person, with a reason


class Rounding(StrEnum):
    """What becomes of a part of a point."""

    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"


class ProgrammeStatus(StrEnum):
    """Who is a member of a closed programme stays one, and earns no more."""

    ACTIVE = "active"
    CLOSED = "closed"


class AdjustReason(StrEnum):
    """Why points are adjusted by hand: no free words, which could say who a member is."""

    GOODWILL = "goodwill"
    MISSING = "missing_points"
    MISTAKE = "mistake_put_right"
    ABUSE = "abuse"
    MOVED = "older_programme"


def values(kinds: type[StrEnum]) -> list[str]:
    """Its words, for a check of the database."""
    return [kind.value for kind in kinds]


def labels(kinds: type[StrEnum]) -> list[tuple[str, str]]:
    """Its words as a form offers them."""
    return [(kind.value, kind.value.replace("_", " ")) for kind in kinds]
