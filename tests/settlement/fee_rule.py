"""The rule of fees again, from the words of the plan and in integers only: nothing of the SQL.

Lines are given in the order of settlement.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from settlement.fees.prices import Price
from settlement.fees.terms import Terms


@dataclass
class Sale:
    """A line: ``minor`` above zero is a sale; else money back of the sale at ``of``."""

    minor: int
    at: datetime
    currency: str = "HKD"
    of: int | None = None
    kind: str = "payment"


@dataclass
class Charged:
    fee: int = 0
    vat: int = 0
    version: int | None = None
    given: int = field(default=0, compare=False)


def rounded(exact: Fraction, how: str) -> int:
    whole, rest = divmod(exact.numerator, exact.denominator)
    twice = 2 * rest
    if how == "up":
        return whole + (rest > 0)
    if how == "half_up":
        return whole + (twice >= exact.denominator)
    if how == "half_even":
        over = twice > exact.denominator
        return whole + (over or (twice == exact.denominator and whole % 2 == 1))
    return whole


def charge(
    sales: Iterable[Sale],
    versions: list[Terms],
    *,
    joined: datetime,
    zone: str,
    vat: list[tuple[datetime, Fraction]] = [],  # noqa: B006 - read only
) -> list[Charged]:
    """What each line costs, above zero for what the merchant pays."""
    wall, sold = ZoneInfo(zone), defaultdict(int)
    done: list[Charged] = []
    lines = list(sales)
    for line in lines:
        local = line.at.astimezone(wall)
        if line.kind != "payment":
            done.append(_back(line, lines, done, versions))
            continue
        month = (line.currency, local.year, local.month)
        before = sold[month]
        sold[month] += line.minor
        number = _version(versions, line.at, wall) if line.at >= joined else None
        if number is None:
            done.append(Charged())
            continue
        terms = versions[number]
        tiers = _offer(terms, line.currency, local, joined.astimezone(wall))
        if not tiers:
            done.append(Charged())
            continue
        fee = _fee(terms, tiers, before, line.minor)
        rates = [rate for start, rate in vat if start <= line.at]
        tax = rounded(fee * rates[-1], terms.rounding) if rates else 0
        done.append(Charged(fee, tax, number))
    return done


def _version(versions: list[Terms], at: datetime, wall: ZoneInfo) -> int | None:
    started = [
        (terms.starts_on, number)
        for number, terms in enumerate(versions)
        if terms.starts_on <= at.astimezone(wall).date()
    ]
    return max(started)[1] if started else None


def _offer(terms: Terms, currency: str, local: datetime, joined: datetime) -> list[Price]:
    own = [price for price in terms.prices if price.currency == currency]
    dated = [p for p in own if p.first_day and p.first_day <= local.date() <= p.last_day]
    fresh = [
        p
        for p in own
        if p.first_days
        and local.replace(tzinfo=None) < joined.replace(tzinfo=None) + timedelta(days=p.first_days)
    ]
    plain = [p for p in own if p.first_day is None and p.first_days is None]
    return sorted(dated or fresh or plain, key=lambda price: price.above)


def _fee(terms: Terms, tiers: list[Price], before: int, minor: int) -> int:
    reached = [tier for tier in tiers if tier.above <= before][-1]
    if terms.tiers == "whole":
        exact = minor * _rate(reached)
    else:
        ends = [tier.above for tier in tiers[1:]] + [before + minor]
        exact = sum(
            (
                max(0, min(before + minor, end) - max(before, tier.above)) * _rate(tier)
                for tier, end in zip(tiers, ends, strict=True)
            ),
            Fraction(0),
        )
    fee = rounded(exact, terms.rounding) + reached.fixed
    if reached.minimum is not None:
        fee = max(fee, reached.minimum)
    return fee if reached.maximum is None else min(fee, reached.maximum)


def _rate(price: Price) -> Fraction:
    return Fraction(price.basis_points) / 10_000


def _back(line: Sale, lines: list[Sale], done: list[Charged], versions: list[Terms]) -> Charged:
    assert line.of is not None
    sale, charged = lines[line.of], done[line.of]
    if charged.version is None:
        return Charged()
    terms = versions[charged.version]
    before, charged.given = charged.given, charged.given - line.minor
    if line.kind == "cancel":
        back = (charged.fee, charged.vat) if terms.on_cancel == "returned" else (0, 0)
    elif terms.on_refund == "kept":
        back = (0, 0)
    else:
        back = tuple(  # type: ignore[assignment]
            rounded(Fraction(part * charged.given, sale.minor), terms.rounding)
            - rounded(Fraction(part * before, sale.minor), terms.rounding)
            for part in (charged.fee, charged.vat)
        )
    return Charged(-back[0], -back[1], charged.version)
