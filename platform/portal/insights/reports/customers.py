"""Who comes back: personas, risk, new against returning, cohorts. Known customers only.

Small groups are hidden (portal.insights.small_groups); people are counted on a fixed grid of weeks
and months, so that two ranges of days never differ by one person.
"""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from portal.insights import rules
from portal.insights.ask import Ask
from portal.insights.report import Column, Kind, Report, Row, mean, share
from portal.insights.small_groups import hide_small, smallest_group

PERIODS_LIMIT = 53
_OF_ACQUIRER = """acquirer_id = %(acquirer)s AND livemode = %(livemode)s
   AND currency = %(currency)s
   AND (%(merchant)s::uuid IS NULL OR merchant_id = %(merchant)s::uuid)"""


def _groups(column: str) -> str:
    counted = f"""
SELECT merchant_id, {column} AS word, count(*) AS customers, sum(visits) AS visits,
       sum(net_minor) AS net, sum(net_year_minor) AS net_year, sum(expected_minor) AS expected
  FROM portal_customer WHERE {_OF_ACQUIRER} GROUP BY merchant_id, word"""  # noqa: S608
    told = hide_small(counted, within=("merchant_id",), order="word")
    return f"""
SELECT word, bool_or(is_hidden), {
        ", ".join(
            f"COALESCE(sum({name}) FILTER (WHERE NOT is_hidden), 0)::bigint"
            for name in ("customers", "visits", "net", "net_year", "expected")
        )
    } FROM ({told}) AS told GROUP BY word"""  # noqa: S608 - words of ours


_BY_PERSONA, _BY_RISK = _groups("persona"), _groups("risk")


def _read_groups(ask: Ask, statement: str, words: list[str]) -> list[Row]:
    """Every word, with nothing where a group is too small to be told."""
    with connection.cursor() as cursor:
        cursor.execute(statement, ask.place() | {"k": smallest_group()})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    told = sum(int(row[1]) for row in found.values())
    rows: list[Row] = []
    for word in words:
        is_hidden, customers, visits, net, year, expected = found.get(word, (False,) + (0,) * 5)
        if is_hidden and not customers:
            rows.append((word, *(None,) * 7))
            continue
        values = (visits, net, mean(net, customers), year, expected)
        rows.append((word, customers, share(customers, told), *values))
    return rows


def read_personas(ask: Ask) -> list[Row]:
    """Every persona, with what its customers brought."""
    return _read_groups(ask, _BY_PERSONA, [rule.name for rule in rules.PERSONAS])


def read_risks(ask: Ask) -> list[Row]:
    """Every risk of not coming again."""
    return _read_groups(ask, _BY_RISK, [band.name for band in rules.RISKS])


# The first visits of all periods add up to all customers, who are told; those of one period who
# came before add up to its returning customers.
_CELLS = hide_small(
    f"""
SELECT merchant_id, cohort, age, customers, visits, net_minor,
       CASE grain WHEN 'week' THEN cohort + age * 7
            ELSE (cohort + make_interval(months => age))::date END AS period,
       sum(net_minor) OVER (PARTITION BY merchant_id, cohort ORDER BY age) AS so_far
  FROM portal_cohort WHERE {_OF_ACQUIRER} AND grain = %(grain)s""",  # noqa: S608
    within=("merchant_id", "age = 0", "CASE WHEN age > 0 THEN period END"),
    order="cohort",
)
_RETURNING = f"""
SELECT period, COALESCE(sum(new) FILTER (WHERE new >= %(k)s), 0)::bigint,
       COALESCE(sum(back) FILTER (WHERE back >= %(k)s), 0)::bigint,
       bool_or(new BETWEEN 1 AND %(k)s - 1 OR is_hidden), bool_or(back BETWEEN 1 AND %(k)s - 1)
  FROM (SELECT merchant_id, period, sum(customers) FILTER (WHERE age = 0) AS new,
               bool_or(is_hidden) FILTER (WHERE age = 0) AS is_hidden,
               sum(customers) FILTER (WHERE age > 0) AS back
          FROM ({_CELLS}) AS cell GROUP BY merchant_id, period) AS merchant
 WHERE period >= date_trunc(%(grain)s, %(since)s::timestamp)::date AND period < %(until)s
 GROUP BY period ORDER BY period DESC LIMIT %(limit)s
"""  # noqa: S608 - words of ours
_COHORTS = f"""
SELECT cohort, age, bool_or(is_hidden),
       COALESCE(sum(customers) FILTER (WHERE NOT is_hidden), 0)::bigint,
       COALESCE(sum(size) FILTER (WHERE NOT is_hidden), 0)::bigint,
       COALESCE(sum(visits) FILTER (WHERE NOT is_hidden), 0)::bigint,
       COALESCE(sum(net_minor) FILTER (WHERE NOT is_hidden), 0)::bigint,
       COALESCE(sum(so_far) FILTER (WHERE NOT is_hidden), 0)::bigint
  FROM (SELECT *, max(customers) FILTER (WHERE age = 0)
                      OVER (PARTITION BY merchant_id, cohort) AS size,
               bool_or(is_hidden) FILTER (WHERE age = 0)
                      OVER (PARTITION BY merchant_id, cohort) AS has_no_size
          FROM ({_CELLS}) AS cell) AS cell
 WHERE cohort >= date_trunc(%(grain)s, %(since)s::timestamp)::date AND cohort < %(until)s
   AND age < %(limit)s AND NOT has_no_size
 GROUP BY cohort, age ORDER BY cohort DESC, age
"""  # noqa: S608 - words of ours


def read_returning(ask: Ask) -> list[Row]:
    """Each period of the grain, oldest first: customers who came for the first time, and again."""
    rows: list[Row] = []
    for period, new, back, new_hidden, back_hidden in reversed(_ask(ask, _RETURNING)):
        first = None if new_hidden and not new else new
        again = None if back_hidden and not back else back
        whole = None if first is None or again is None else first + again
        rows.append((period, first, again, share(again, whole)))
    return rows


def read_cohorts(ask: Ask) -> list[Row]:
    """Each cohort and age: who came again, of how many, and what a customer has brought so far."""
    return [
        (cohort, age, None, None, None, None, None)
        if is_hidden and not customers
        else (cohort, age, customers, share(customers, size), visits, net, mean(so_far, size))
        for cohort, age, is_hidden, customers, size, visits, net, so_far in _ask(ask, _COHORTS)
    ]


def _ask(ask: Ask, statement: str) -> list[tuple[Any, ...]]:
    params = ask.place() | {"k": smallest_group(), "limit": PERIODS_LIMIT}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


_CUSTOMERS = Column("customers", Kind.NUMBER, gettext_noop("Customers"))
_SHARE = Column("share", Kind.SHARE, gettext_noop("Share"))
_WORTH = (
    _CUSTOMERS,
    _SHARE,
    Column("visits", Kind.NUMBER, gettext_noop("Visits")),
    Column("net", Kind.MONEY, gettext_noop("Brought so far")),
    Column("lifetime_value", Kind.MONEY, gettext_noop("Each, so far")),
    Column("net_year", Kind.MONEY, gettext_noop("Brought in a year")),
    Column("expected", Kind.MONEY, gettext_noop("Expected in the next year")),
)
PERSONAS = Report(
    "personas",
    gettext_noop("Personas"),
    (Column("persona", Kind.WORD, gettext_noop("Persona")), *_WORTH),
    read_personas,
    of_customers=True,
)
RISKS = Report(
    "risks",
    gettext_noop("Who may not come again"),
    (Column("risk", Kind.WORD, gettext_noop("Since the last visit")), *_WORTH),
    read_risks,
    of_customers=True,
)
RETURNING = Report(
    "returning",
    gettext_noop("New and returning customers"),
    (
        Column("period", Kind.DAY, gettext_noop("From")),
        Column("new", Kind.NUMBER, gettext_noop("New")),
        Column("returning", Kind.NUMBER, gettext_noop("Returning")),
        Column("returning_share", Kind.SHARE, gettext_noop("Share of returning")),
    ),
    read_returning,
    of_customers=True,
)
COHORTS = Report(
    "cohorts",
    gettext_noop("Who came again"),
    (
        Column("cohort", Kind.DAY, gettext_noop("First visit from")),
        Column("age", Kind.NUMBER, gettext_noop("Periods later")),
        _CUSTOMERS,
        _SHARE,
        Column("visits", Kind.NUMBER, gettext_noop("Visits")),
        Column("net", Kind.MONEY, gettext_noop("Brought")),
        Column("lifetime_value", Kind.MONEY, gettext_noop("Each, so far")),
    ),
    read_cohorts,
    of_customers=True,
)
