"""The page of events: every type, and the tries of a delivery."""

from config.reference.table import table
from events.schedule import DELAYS_SECONDS
from events.types import MEANINGS, EventType

HEAD = """# Events

Generated from `platform/events/types.py` by `make docs`; a test compares them. Each event comes by
[webhook](../howto/webhooks.md) and stands in `GET /v1/events`. New types will be added: a program
takes those it knows and answers `200` to the rest. `data` is the object as it was when the event
happened, in the form in which the API shows it.

"""
_TRIES = """
## When a delivery is tried again

Each wait is drawn from a tenth less to a tenth more than what stands here.

"""


def render() -> str:
    """The whole page."""
    types = [(f"`{kind}`", f"`{MEANINGS[kind][0]}`", MEANINGS[kind][1]) for kind in EventType]
    tries = [
        (str(number), _words(seconds)) for number, seconds in enumerate(DELAYS_SECONDS, start=1)
    ]
    last = [(str(len(DELAYS_SECONDS) + 1), "never: the delivery is `failed`")]
    return (
        HEAD
        + table(("type", "data", "meaning"), types)
        + _TRIES
        + table(("after try", "the next comes in"), tries + last)
    )


def _words(seconds: int) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
