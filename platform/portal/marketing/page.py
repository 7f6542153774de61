"""A launch as people read it: what it would do, who is meant, and what it has brought."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from loyalty.models import Launch, Tier
from loyalty.uplift import Difference
from portal.dashboard import words
from portal.insights.page.showing import DASH, word
from portal.insights.report import BASIS
from portal.marketing.preview import Preview, preview_launch
from portal.marketing.results import GroupResult, Result, read_result
from portal.marketing.segment import NO_TIER, Segment, segment_of

_TITLES = {
    "personas": gettext_noop("personas"),
    "risks": gettext_noop("risk of not coming again"),
    "recency": gettext_noop("recency, scores"),
    "frequency": gettext_noop("frequency, scores"),
    "monetary": gettext_noop("money, scores"),
    "tiers": gettext_noop("tiers"),
}


def show_preview(launch: Launch) -> SafeString:
    """Size, cost and budget of a draft."""
    found = preview_launch(launch)
    return render_to_string(
        "portal/launch_preview.html",
        {"preview": found, "fault": found.fault and _(found.fault), **_costs(found, launch)},
    )


def _costs(found: Preview, launch: Launch) -> dict[str, Any]:
    currency = launch.campaign.currency

    def money(minor: int | None) -> str:
        return "" if minor is None else words.money(minor, currency)

    return {
        "reached": words.count(found.reached),
        "control": words.count(found.control),
        "targets": words.count(found.targets),
        "most": money(found.most_minor),
        "worst": money(found.worst_minor),
        "expected": money(found.expected_minor),
        "rate": words.share(found.expected_basis_points / BASIS),
        "budget_left": money(found.budget_left_minor),
    }


def show_segment(launch: Launch) -> SafeString:
    """The tests, in words."""
    rows = list(_tests(segment_of(launch.segment), launch))
    return render_to_string("portal/launch_segment.html", {"rows": rows})


def _tests(segment: Segment, launch: Launch) -> Any:
    for name, title in _TITLES.items():
        if values := getattr(segment, name):
            yield _(title), ", ".join(_names(name, values))
    currency = launch.campaign.currency
    spend = [
        None if each is None else words.money(each, currency)
        for each in (segment.spend_from_minor, segment.spend_until_minor)
    ]
    visits = [
        None if each is None else words.count(each)
        for each in (segment.visits_from, segment.visits_until)
    ]
    for title, (low, high) in ((_("spent in a year"), spend), (_("visits in a year"), visits)):
        if low is not None or high is not None:
            yield title, f"{low or DASH} … {high or DASH}"


def _names(name: str, values: list[Any]) -> list[str]:
    if name != "tiers":
        return [word(str(each)) for each in values]
    rows = Tier.objects.filter(id__in=[each for each in values if each != NO_TIER])
    found = {str(tier.id): tier.name for tier in rows}
    return [_("no tier yet") if each == NO_TIER else found.get(each, DASH) for each in values]


def show_result(launch: Launch) -> SafeString:
    """Progress, redemptions, and both groups with what lies between them."""
    found = read_result(launch)
    done = launch.issued_count + launch.withheld_count
    return render_to_string(
        "portal/launch_result.html",
        {
            "launch": launch,
            "result": found,
            "done": done,
            "last_day": found.until.fromordinal(found.until.toordinal() - 1),
            "redeemed_share": _share(found.redeemed_share),
            "discount": words.money(found.discount_minor, launch.campaign.currency),
            "rows": _rows(found, launch.campaign.currency),
            "brought": _span(found.brought, lambda each: _money(each, launch.campaign.currency)),
        },
    )


def _rows(found: Result, currency: str) -> list[dict[str, Any]]:
    if found.targets is None or found.control is None:
        return []
    targets, control = found.targets, found.control

    def row(title: str, each: Any, show: Any, difference: Difference | None) -> dict[str, Any]:
        return {
            "title": title,
            "targets": show(each(targets)),
            "control": show(each(control)),
            "difference": _span(difference, show),
            "proven": _proven(difference),
        }

    def mean(name: str) -> Any:
        return lambda group: getattr(group, name).total / group.members

    def came(group: GroupResult) -> float:
        return group.came / group.members

    def percent(rate: float) -> str:
        return f"{rate * 100:.1f}%"

    return [
        row(_("came in these days"), came, percent, found.came),
        row(_("visits, each"), mean("visits"), lambda each: f"{each:.2f}", found.visits),
        row(_("spent, each"), mean("spend"), lambda each: _money(each, currency), found.spend),
    ]


def _proven(difference: Difference | None) -> str:
    """In which direction, or "" while the interval holds nothing."""
    if difference is None or difference.low <= 0 <= difference.high:
        return ""
    return "more" if difference.low > 0 else "less"


def _span(difference: Difference | None, show: Any) -> dict[str, str] | None:
    if difference is None:
        return None
    return {name: show(getattr(difference, name)) for name in ("value", "low", "high")}


def _money(minor: float, currency: str) -> str:
    return words.money(round(minor), currency)


def _share(basis_points: int | None) -> str:
    return words.share(None if basis_points is None else basis_points / BASIS)
