"""A segment: which members are meant, as a table of tests. Kept as JSON in ``Launch.segment``."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from portal.insights.rules import PERSONAS, RISKS, SCORES

NO_TIER = "none"
_MOST = 10**15
Score = Annotated[int, Field(ge=1, le=SCORES)]
Amount = Annotated[int, Field(ge=0, le=_MOST)]
_PERSONAS = frozenset(rule.name for rule in PERSONAS)
_RISKS = frozenset(band.name for band in RISKS)


def _known(names: frozenset[str]) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"must be one of {', '.join(sorted(names))}")
        return name

    return AfterValidator(check)


PersonaName = Annotated[str, _known(_PERSONAS)]
RiskName = Annotated[str, _known(_RISKS)]


class Segment(BaseModel):
    """What is empty leaves everybody in; what is not must hold, all of it.

    ``spend_…`` (minor units of the campaign's currency, after refunds) and ``visits_…`` are of the
    last 365 days, both ends included. ``tiers`` are ids, or NO_TIER.
    """

    model_config = ConfigDict(extra="forbid")

    personas: list[PersonaName] = []
    risks: list[RiskName] = []
    recency: list[Score] = []
    frequency: list[Score] = []
    monetary: list[Score] = []
    spend_from_minor: Amount | None = None
    spend_until_minor: Amount | None = None
    visits_from: Amount | None = None
    visits_until: Amount | None = None
    tiers: Annotated[list[str], Field(max_length=50)] = []

    @property
    def is_of_customers(self) -> bool:
        """Whether it needs to know what somebody bought at one merchant."""
        return any(value not in ([], None) for name, value in self if name != "tiers")

    def params(self) -> dict[str, Any]:
        """For ``OF_CUSTOMER`` and ``OF_TIER``."""
        return self.model_dump()


def _one_of(column: str, name: str, kind: str = "text") -> str:
    return f"(cardinality(%({name})s::{kind}[]) = 0 OR {column} = ANY (%({name})s::{kind}[]))"


def _between(column: str, name: str, unit: str = "") -> str:
    since, until = f"%({name}_from{unit})s::bigint", f"%({name}_until{unit})s::bigint"
    return f"{column} BETWEEN COALESCE({since}, {column}) AND COALESCE({until}, {column})"


# SQL over ``customer``, a row of portal_customer.
OF_CUSTOMER = " AND ".join(
    (
        _one_of("customer.persona", "personas"),
        _one_of("customer.risk", "risks"),
        _one_of("customer.recency", "recency", "int"),
        _one_of("customer.frequency", "frequency", "int"),
        _one_of("customer.monetary", "monetary", "int"),
        _between("customer.net_year_minor", "spend", "_minor"),
        _between("customer.visits_year", "visits"),
    )
)
# SQL over ``member``: the tier as loyalty.selectors.find_tier says it.
OF_TIER = f"""(cardinality(%(tiers)s::text[]) = 0 OR COALESCE((
    SELECT tier.id::text FROM loyalty_tier AS tier
     WHERE tier.programme_id = member.programme_id AND tier.threshold_points <= COALESCE((
           SELECT sum(entry.points) FROM loyalty_pointsentry AS entry
            WHERE entry.member_id = member.id AND entry.kind IN ('earn', 'correct')
              AND entry.created_at > %(year_ago)s), 0)
     ORDER BY tier.threshold_points DESC LIMIT 1), '{NO_TIER}') = ANY (%(tiers)s::text[]))"""  # noqa: S608


def segment_of(kept: dict[str, Any]) -> Segment:
    """The segment that a launch keeps."""
    return Segment.model_validate(kept)
