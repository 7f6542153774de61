"""The rules of the analysis, as tables. No Django, no I/O.

Every name here is part of the API and stands in rows: append, never rename.
"""

from dataclasses import dataclass

SCORES = 5  # quintiles
YEAR_DAYS = 365
NEW_DAYS = 30
GRAINS = ("week", "month")
_ANY = range(1, SCORES + 1)


@dataclass(frozen=True, slots=True)
class Persona:
    """Who has these scores of recency, frequency and money; the first rule that fits holds.

    ``is_new``: only who came for the first time in the last NEW_DAYS, and on one day.
    """

    name: str
    recency: range = _ANY
    frequency: range = _ANY
    monetary: range = _ANY
    is_new: bool = False


PERSONAS: tuple[Persona, ...] = (
    Persona("new", is_new=True),
    Persona("champion", range(4, 6), range(4, 6), range(4, 6)),
    Persona("loyal", range(3, 6), range(4, 6)),
    Persona("big_spender", range(3, 6), monetary=range(5, 6)),
    Persona("promising", range(4, 6)),
    Persona("cooling", range(3, 4)),
    Persona("cannot_lose", range(1, 3), range(4, 6), range(4, 6)),
    Persona("at_risk", range(1, 3), range(3, 6)),
    Persona("lost", range(1, 3)),
)


def persona_of(recency: int, frequency: int, monetary: int, *, is_new: bool = False) -> str:
    """The name for these scores (1 to 5)."""
    for rule in PERSONAS:
        scores = (
            recency in rule.recency and frequency in rule.frequency and monetary in rule.monetary
        )
        if scores and (is_new or not rule.is_new):
            return rule.name
    raise ValueError("scores are 1 to 5")


@dataclass(frozen=True, slots=True)
class Risk:
    """Time since the last visit, in percent of the customer's own interval between visits, up to
    ``until_percent``; ``weight`` (basis points) is what is expected of such a customer, of what
    they would bring if they went on as they did."""

    name: str
    until_percent: int | None
    weight: int


RISKS: tuple[Risk, ...] = (
    Risk("on_time", 100, 10_000),
    Risk("late", 200, 5_000),
    Risk("overdue", 400, 2_000),
    Risk("gone", None, 0),
    Risk("unknown", None, 0),  # no interval: nobody of this merchant's ever came twice
)

# Where a wallet's payers are at home; another wallet is said by its payers' currency.
HOME_REGIONS = {"alipay": "CN", "alipay_hk": "HK"}
