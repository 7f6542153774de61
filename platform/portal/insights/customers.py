"""Analysing the customers of one merchant, from their days: scores, persona, risk, cohorts.

Whole days only: everything stands as it was when the day ``as_of`` of the acquirer began. The
formulas are in docs/concepts/insights.md.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock
from portal.insights.rules import NEW_DAYS, PERSONAS, RISKS, SCORES, YEAR_DAYS
from portal.insights.sql import replace, total

_DAY_HOURS = 24
_ENOUGH_DAYS = 3  # with a visit: below, an interval of their own says little
_MERCHANT = ("merchant_id", "livemode")


def _score(order: str) -> str:
    """Quintile of the place among the merchant's customers; who ties has the lower one."""
    rank = f"percent_rank() OVER (PARTITION BY currency ORDER BY {order})"
    return f"least({SCORES}, floor({rank} * {SCORES}) + 1)::smallint"


def _persona() -> str:
    whens = []
    for rule in PERSONAS:
        tests = [
            f"{name} BETWEEN {scores[0]} AND {scores[-1]}"
            for name in ("recency", "frequency", "monetary")
            if len(scores := getattr(rule, name)) < SCORES
        ]
        if rule.is_new:
            tests.append(f"days = 1 AND first_day >= %(as_of)s::date - {NEW_DAYS}")
        whens.append(f"WHEN {' AND '.join(tests)} THEN '{rule.name}'")
    return f"CASE {' '.join(whens)} END"


def _by_risk(column: str) -> str:
    """A CASE over the time since the last visit: the name of the risk, or its weight."""
    whens = [
        f"WHEN late_percent <= {band.until_percent} THEN {getattr(band, column)!r}"
        for band in RISKS
        if band.until_percent is not None
    ]
    gone, unknown = (getattr(band, column) for band in RISKS if band.until_percent is None)
    return f"CASE WHEN late_percent IS NULL THEN {unknown!r} {' '.join(whens)} ELSE {gone!r} END"


_YEAR = f"FILTER (WHERE day >= %(as_of)s::date - {YEAR_DAYS})"
_NET = "amount_minor - refunded_minor"
_SEEN = f"""
SELECT currency, member_id, min(day) AS first_day, max(day) AS last_day,
       count(DISTINCT day) AS days, sum(visits)::bigint AS visits, sum({_NET})::bigint AS net_minor,
       COALESCE(sum(visits) {_YEAR}, 0)::bigint AS visits_year,
       COALESCE(sum({_NET}) {_YEAR}, 0)::bigint AS net_year_minor
  FROM portal_customerday
 WHERE merchant_id = %(merchant)s AND livemode = %(livemode)s AND day < %(as_of)s
 GROUP BY currency, member_id
"""  # noqa: S608 - words of ours
# A day with several visits is one; the shortest interval is therefore a day.
_OWN = f"CASE WHEN days > 1 THEN (last_day - first_day) * {_DAY_HOURS} / (days - 1) END"
_STANDING = f"""
  FROM (SELECT timed.*, (%(as_of)s::date - last_day) * {_DAY_HOURS} * 100 / interval_hours
               AS late_percent
          FROM (SELECT seen.*, {_score("last_day")} AS recency,
                       {_score("visits_year")} AS frequency, {_score("net_year_minor")} AS monetary,
                       CASE WHEN days >= {_ENOUGH_DAYS} THEN {_OWN}
                            ELSE greatest({_OWN}, usual.hours) END AS interval_hours
                  FROM seen LEFT JOIN usual USING (currency)) AS timed) AS standing
"""  # noqa: S608 - words of ours
_EXPECTED = (
    f"round(net_minor::numeric / days * {YEAR_DAYS * _DAY_HOURS} / interval_hours"
    f" * ({_by_risk('weight')}) / 10000)::bigint"
)
_COLUMNS = (
    "first_day", "last_day", "days", "visits", "net_minor", "visits_year", "net_year_minor",
    "interval_hours", "late_percent", "recency", "frequency", "monetary",
)  # fmt: skip
# One row for each customer and currency already: grouping only picks it.
_CUSTOMERS = (
    f"WITH seen AS MATERIALIZED ({_SEEN}), usual AS (SELECT currency, "  # noqa: S608
    f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {_OWN}) AS hours FROM seen WHERE days > 1"
    " GROUP BY currency), "
    + replace(
        "portal_customer",
        of=_MERCHANT,
        keys=("currency", "member_id"),
        values={
            "as_of": "%(as_of)s::date",
            **{name: f"min({name})" for name in _COLUMNS},
            "persona": f"min({_persona()})",
            "risk": f"min({_by_risk('name')})",
            # Of who came on one day, nobody knows whether they come again.
            "expected_minor": f"COALESCE(min({_EXPECTED}) FILTER (WHERE days > 1), 0)",
        },
        source=_STANDING,
    )
    .strip()
    .removeprefix("WITH")
)
_AGE = """CASE grain WHEN 'week' THEN (period - cohort) / 7
  ELSE (EXTRACT(YEAR FROM period) - EXTRACT(YEAR FROM cohort)) * 12
     + EXTRACT(MONTH FROM period) - EXTRACT(MONTH FROM cohort) END::int"""
_COHORTS = replace(
    "portal_cohort",
    of=_MERCHANT,
    keys=("currency", "grain", "cohort", "age"),
    values={
        "customers": "count(*)",
        "visits": total("visits"),
        "net_minor": total("net_minor"),
    },
    source=f"""
  FROM (SELECT *, {_AGE} AS age FROM (
        SELECT d.currency, grain, date_trunc(grain, c.first_day)::date AS cohort,
               date_trunc(grain, d.day)::date AS period,
               sum(d.visits) AS visits, sum(d.amount_minor - d.refunded_minor) AS net_minor
          FROM portal_customerday AS d
          JOIN portal_customer AS c USING (merchant_id, livemode, currency, member_id)
         CROSS JOIN (VALUES ('week'), ('month')) AS grains (grain)
         WHERE d.merchant_id = %(merchant)s AND d.livemode = %(livemode)s AND d.day < %(as_of)s
         GROUP BY d.currency, grain, cohort, period, d.member_id) AS active) AS aged""",  # noqa: S608
)
STATEMENTS = (_CUSTOMERS, _COHORTS)


def analyse_customers(acquirer_id: UUID, merchant_id: UUID, livemode: bool, as_of: date) -> None:
    """Make a merchant's customers and cohorts what their days before ``as_of`` say."""
    params: dict[str, Any] = {
        "acquirer": acquirer_id,
        "merchant": merchant_id,
        "livemode": livemode,
        "as_of": as_of,
        "at": clock.now(),
    }
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, params)
