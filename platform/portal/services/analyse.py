"""Keeping insights: days that a change touches are counted again, then whose customers it touches.

As the figures (services/roll_up.py): ids since the last look name what changed, late ends and
refunds among them; nothing is added on top, everything is found again in the tables.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kernel import clock, ids
from portal.insights.customers import analyse_customers
from portal.insights.days import Unit, count_day
from portal.insights.sql import MADE_AT
from portal.models import Progress
from portal.services.roll_up import OVERLAP, find_first_change
from tenancy.alone import is_alone
from tenancy.scope import platform_scope

REACH = timedelta(days=1)  # of changes in one run: after an outage it catches up step by step
MERCHANTS_LIMIT = 200  # analysed in one run
MEMBERS_LIMIT = 100  # changed ones in one run
_NAME = "insights"

_UNIT = f"""p.acquirer_id, p.merchant_id, p.livemode,
       ({MADE_AT.format(id="p.id")} AT TIME ZONE acquirer.time_zone)::date, acquirer.time_zone"""
_CHANGED = f"""
SELECT DISTINCT {_UNIT}
  FROM (SELECT id FROM payments_payment WHERE id >= %(since)s AND id < %(until)s
         UNION SELECT payment_id FROM payments_refund WHERE id >= %(since)s AND id < %(until)s
         UNION SELECT payment_id FROM payments_transition WHERE id >= %(since)s AND id < %(until)s
       ) AS changed
  JOIN payments_payment AS p USING (id)
  JOIN tenancy_acquirer AS acquirer ON acquirer.id = p.acquirer_id
"""  # noqa: S608 - words of ours
_TAKE_MEMBERS = """
DELETE FROM portal_changedmember WHERE id IN
       (SELECT id FROM portal_changedmember ORDER BY id LIMIT %s)
RETURNING member_id
"""
# Where they are counted now, and, of who is known again, where they were before.
_OF_MEMBERS = f"""
SELECT DISTINCT d.acquirer_id, d.merchant_id, d.livemode, d.day, acquirer.time_zone
  FROM portal_customerday AS d JOIN tenancy_acquirer AS acquirer ON acquirer.id = d.acquirer_id
 WHERE d.member_id = ANY (%(members)s)
 UNION
SELECT DISTINCT {_UNIT}
  FROM payments_payment AS p JOIN tenancy_acquirer AS acquirer ON acquirer.id = p.acquirer_id
 WHERE p.member_id = ANY (
       SELECT id FROM loyalty_member WHERE id = ANY (%(members)s) AND status <> 'forgotten')
   AND p.id >= %(first)s
"""  # noqa: S608 - words of ours
_OLDEST = "SELECT min(joined_at) FROM loyalty_member WHERE id = ANY (%s) AND status <> 'forgotten'"
_MARK = """
INSERT INTO portal_analysis AS kept (id, created_at, acquirer_id, merchant_id, livemode, is_stale)
SELECT gen_random_uuid(), %(now)s, unit.acquirer, unit.merchant, unit.livemode, true
  FROM unnest(%(acquirers)s::uuid[], %(merchants)s::uuid[], %(modes)s::bool[])
       AS unit (acquirer, merchant, livemode)
ON CONFLICT (merchant_id, livemode)
"""
_MARK_STALE = f"{_MARK} DO UPDATE SET is_stale = true WHERE NOT kept.is_stale"
_MARK_KNOWN = f"{_MARK} DO NOTHING"
_TODAY = "(%(now)s AT TIME ZONE acquirer.time_zone)::date"
_DUE = f"""
SELECT analysis.id, analysis.acquirer_id, analysis.merchant_id, analysis.livemode, {_TODAY}
  FROM portal_analysis AS analysis
  JOIN tenancy_acquirer AS acquirer ON acquirer.id = analysis.acquirer_id
 WHERE analysis.is_stale OR analysis.as_of IS DISTINCT FROM {_TODAY}
 ORDER BY analysis.id LIMIT %(limit)s
"""  # noqa: S608 - words of ours
_ALL_UNITS = f"""
SELECT DISTINCT {_UNIT}
  FROM payments_payment AS p JOIN tenancy_acquirer AS acquirer ON acquirer.id = p.acquirer_id
 WHERE p.id >= %(since)s AND p.id < %(until)s
 UNION
SELECT DISTINCT d.acquirer_id, d.merchant_id, d.livemode, d.day, acquirer.time_zone
  FROM (SELECT acquirer_id, merchant_id, livemode, day FROM portal_daysales
         UNION SELECT acquirer_id, merchant_id, livemode, day FROM portal_customerday) AS d
  JOIN tenancy_acquirer AS acquirer ON acquirer.id = d.acquirer_id
 WHERE d.day >= %(first_day)s AND d.day <= %(last_day)s
"""  # noqa: S608 - words of ours


def analyse() -> tuple[int, int]:
    """Count what has changed since the last run, and analyse whose customers are due; how many
    days, and how many merchants. Where another process is at it, nothing is done."""
    return count_changes(), analyse_due()


def count_changes() -> int:
    """Count again the days that changes touch, REACH of them at most; how many."""
    with platform_scope(), transaction.atomic():
        if not is_alone("portal.analyse"):
            return 0
        now = clock.now()
        since, until = _find_span(now)
        units = {*_units_of_members(_take_members()), *_changed_units(since, until)}
        _count(sorted(units), now)
        Progress.objects.update_or_create(name=_NAME, defaults={"until": until})
        return len(units)


def analyse_due() -> int:
    """Analyse the customers of merchants whose past has changed or whose day is over; of how
    many, MERCHANTS_LIMIT at most."""
    now = clock.now()
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "limit": MERCHANTS_LIMIT})
        due = cursor.fetchall()
    return sum(_analyse(*row) for row in due)


def recount_insights(since: datetime, until: datetime) -> int:
    """Count each day that ``[since, until)`` touches anew, whatever is kept, then analyse all that
    it touches; how many days."""
    params: dict[str, Any] = {
        "since": ids.first_uuid_at(since),
        "until": ids.first_uuid_at(until + timedelta(milliseconds=1)),
        # A day of the zone may begin on the day before, or after, that of UTC.
        "first_day": since.date() - timedelta(days=1),
        "last_day": until.date() + timedelta(days=1),
    }
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_ALL_UNITS, params)
        units = sorted(Unit(*row) for row in cursor.fetchall())
    for unit in units:
        with platform_scope(), transaction.atomic():
            _count([unit], clock.now())
    while analyse_due():
        pass
    return len(units)


def _find_span(now: datetime) -> tuple[datetime, datetime]:
    """Of the changes to look at; quiet times are passed over in one step."""
    progress = Progress.objects.filter(name=_NAME).first()
    since = find_first_change(progress.until - OVERLAP if progress else None)
    if since is None:
        return now, now
    return since, min(now, since + REACH)


def _changed_units(since: datetime, until: datetime) -> Iterable[Unit]:
    end = until + timedelta(milliseconds=1)  # what was made in this very moment is among them
    params = {"since": ids.first_uuid_at(since), "until": ids.first_uuid_at(end)}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, params)
        return [Unit(*row) for row in cursor.fetchall()]


def _take_members() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_MEMBERS, [MEMBERS_LIMIT])
        return [row[0] for row in cursor.fetchall()]


def _units_of_members(members: list[UUID]) -> Iterable[Unit]:
    if not members:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [members])
        row = cursor.fetchone()
        oldest = (row and row[0]) or clock.now()
        span: dict[str, Any] = {"members": members, "first": ids.first_uuid_at(oldest - OVERLAP)}
        cursor.execute(_OF_MEMBERS, span)
        return [Unit(*row) for row in cursor.fetchall()]


def _count(units: list[Unit], now: datetime) -> None:
    for unit in units:
        count_day(unit)
    # Customers are analysed by whole days: what happens today waits for tomorrow.
    _mark([unit for unit in units if unit.until <= now], _MARK_STALE, now)
    _mark([unit for unit in units if unit.until > now], _MARK_KNOWN, now)


def _mark(units: list[Unit], statement: str, now: datetime) -> None:
    touched = sorted({(unit.acquirer_id, unit.merchant_id, unit.livemode) for unit in units})
    params: dict[str, Any] = {
        "now": now,
        "acquirers": [acquirer for acquirer, _, _ in touched],
        "merchants": [merchant for _, merchant, _ in touched],
        "modes": [livemode for _, _, livemode in touched],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _analyse(
    analysis_id: UUID, acquirer_id: UUID, merchant_id: UUID, livemode: bool, today: date
) -> int:
    """One merchant, in a transaction of its own; 0 where another process holds the row."""
    with platform_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM portal_analysis WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED",
            [analysis_id],
        )
        if cursor.fetchone() is None:
            return 0
        # First: a day that changes meanwhile makes it stale again.
        cursor.execute(
            "UPDATE portal_analysis SET as_of = %s, is_stale = false WHERE id = %s",
            [today, analysis_id],
        )
        analyse_customers(acquirer_id, merchant_id, livemode, today)
    return 1
