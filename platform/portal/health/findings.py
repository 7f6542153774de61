"""Every place where a rule has something to say, with its verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.health import rules
from portal.health.judge import Verdict, judge, judge_silence
from portal.health.subject import Subject
from portal.selectors.readings import (
    add_up,
    read_addresses,
    read_closed,
    read_recent,
    read_refusals,
    read_sales,
)
from portal.slots import begin_of
from portal.state import Kind, Level

_WEEK = timedelta(days=7)
_HARD = (Verdict.TROUBLE, Verdict.STAYS, Verdict.CALM, Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    level: Level
    subject: Subject
    verdict: Verdict
    value: float
    sample: int


def find_now(now: datetime) -> Iterator[Finding]:
    """What the rules of rates and times say, at each place with a payment in the window."""
    windows = {rule.window for rule in rules.RULES}
    spots = {window: read_recent(now, window) for window in windows}
    for rule in rules.RULES:
        for subject, totals in add_up(spots[rule.window], rule.level).items():
            value, sample = rule.measure(totals)
            verdict = judge(
                value,
                sample,
                minimum=rule.minimum,
                opens_at=rule.opens_at,
                closes_at=rule.closes_at,
            )
            yield Finding(rule.kind, rule.level, subject, verdict, value, sample)
    yield from _addresses(now)
    yield from _keys(now)


def _addresses(now: datetime) -> Iterator[Finding]:
    for subject, calls, failed in read_addresses(now, rules.ADDRESS_WINDOW):
        value = failed / calls
        verdict = judge(
            value,
            calls,
            minimum=rules.ADDRESS_MINIMUM,
            opens_at=rules.ADDRESS_OPENS_AT,
            closes_at=rules.ADDRESS_CLOSES_AT,
        )
        yield Finding(Kind.ADDRESS_DOWN, Level.ADDRESS, subject, verdict, value, calls)


def _keys(now: datetime) -> Iterator[Finding]:
    for subject, refused in read_refusals(now):
        verdict = judge(
            refused,
            refused,
            minimum=1,
            opens_at=rules.REFUSED_OPENS_AT,
            closes_at=rules.REFUSED_CLOSES_AT,
        )
        yield Finding(Kind.CALLS_REFUSED, Level.KEY, subject, verdict, refused, refused)


def find_silence(now: datetime) -> Iterator[Finding]:
    """Merchants and stores that sold in earlier weeks at this time. Whole slots only: the one
    under way is not over. Trouble in one window is trouble."""
    until, closed = begin_of(now), read_closed()
    worst: dict[Subject, Finding] = {}
    for window in rules.SILENCE_WINDOWS:
        for finding in _silence(until - window, until, closed):
            known = worst.get(finding.subject)
            if known is None or _HARD.index(finding.verdict) < _HARD.index(known.verdict):
                worst[finding.subject] = finding
    yield from worst.values()


def _silence(since: datetime, until: datetime, closed: frozenset[UUID]) -> Iterator[Finding]:
    sold = read_sales(since, until, closed)
    weeks = [_WEEK * number for number in range(1, rules.SILENCE_WEEKS + 1)]
    earlier = [read_sales(since - back, until - back, closed) for back in weeks]
    for subject in {place for week in earlier for place in week}:
        counts = [week.get(subject, 0) for week in earlier]
        now = sold.get(subject, 0)
        level = Level.STORE if subject.store_id else Level.MERCHANT
        expected = min((count for count in counts if count), default=0)
        share = now / expected if expected else 0.0
        yield Finding(Kind.SILENT, level, subject, judge_silence(now, counts), share, expected)
