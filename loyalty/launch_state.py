"""What a launch can be, and what becomes of each member of its audience. No Django, no I/O."""

from enum import StrEnum


class LaunchStatus(StrEnum):
    """A ``draft`` may be changed; ``issued`` and ``stopped`` are the ends."""

    DRAFT = "draft"
    ISSUING = "issuing"
    ISSUED = "issued"
    STOPPED = "stopped"  # by staff, or because the campaign ended first


# An invoice is issued too, in another word of Chinese.
LAUNCH_LABELS = [
    (each.value, "coupons issued" if each is LaunchStatus.ISSUED else each.value)
    for each in LaunchStatus
]


class AudienceStatus(StrEnum):
    """``waiting`` becomes ``issued`` or ``withheld``; ``control`` stays."""

    WAITING = "waiting"
    ISSUED = "issued"
    WITHHELD = "withheld"  # forgotten, suspended, or took back the consent before their turn
    CONTROL = "control"  # held out: gets no coupon, to compare with
