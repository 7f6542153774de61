"""A timeline as people look at it: the gap before each moment, an icon, and links to its rows."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from payments.timeline import Moment
from tenancy.links import link

_EVIDENCE_LIMIT = 20_000  # characters of one piece of evidence on the page
# Which drawing of console/icons.svg stands for which kind.
_ICONS = {
    "created": "start",
    "attempt": "out",
    "answer": "in",
    "transition": "change",
    "notification": "bell",
    "refund": "back",
    "break": "warning",
    "event": "flag",
    "delivery": "send",
}
_LINKED = ("refund", "break", "event")


@dataclass(frozen=True, slots=True)
class Line:
    """One moment, ready to be shown."""

    moment: Moment
    gap: str
    icon: str
    is_alipays: bool
    who: SafeString
    links: list[SafeString]
    evidence: list[tuple[str, str]]


def render_story(moments: list[Moment]) -> SafeString:
    """The list of moments as HTML."""
    return render_to_string("payments/timeline.html", {"lines": _lines(moments)})


def _lines(moments: list[Moment]) -> list[Line]:
    before: datetime | None = None
    lines = []
    for moment in moments:
        lines.append(_line(moment, before))
        before = moment.at
    return lines


def _line(moment: Moment, before: datetime | None) -> Line:
    return Line(
        moment=moment,
        gap="" if before is None else _gap(moment.at - before),
        icon=_ICONS.get(moment.kind, "change"),
        is_alipays=moment.actor == "alipay",
        who=link(moment.actor),
        links=[link(str(moment.details[name])) for name in _LINKED if name in moment.details],
        evidence=[(name, _text(value)) for name, value in _sides(moment) if value],
    )


def _sides(moment: Moment) -> list[tuple[str, Any]]:
    both = [(name, moment.details.get(name)) for name in ("ours", "theirs")]
    return [*both, *moment.evidence.items()]


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return text[:_EVIDENCE_LIMIT]


def _gap(passed: timedelta) -> str:
    """``+35 ms``, ``+2.4 s``, ``+3 min``, ``+2 h``, ``+4 days``."""
    seconds = passed.total_seconds()
    if seconds < 0.001:
        return ""
    if seconds < 1:
        return f"+{seconds * 1000:.0f} ms"
    for unit, size, limit in (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 48 * 3600)):
        if seconds < limit:
            return f"+{seconds / size:.1f} {unit}".replace(".0 ", " ")
    return f"+{seconds / 86400:.0f} days"
