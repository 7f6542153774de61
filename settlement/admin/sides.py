"""Both sides of a break beside each other, as a person compares them; what differs is marked."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as lazy

from kernel.money import Money
from settlement.models import Break
from settlement.state import BreakKind, Way
from tenancy.showing import show_moment

# What matching writes down of a side, in the order in which it is looked at.
_WORDS = {
    "type": lazy("type"),
    "status": lazy("status"),
    "amount": lazy("amount"),
    "of": lazy("of a credit of"),
    "net": lazy("net"),
    "gross": lazy("gross"),
    "fee": lazy("fee"),
    "rate": lazy("exchange rate"),
    "rmb_amount": lazy("amount in RMB"),
    "rmb_settlement": lazy("settled in RMB"),
    "currency": lazy("currency"),
    "rows": lazy("rows"),
    "at": lazy("when"),
    "booked_on": lazy("booked on"),
    "transaction_id": lazy("Alipay transaction"),
    "id": lazy("id"),
    "merchant": lazy("merchant"),
    "reference": lazy("reference"),
    "text": lazy("text"),
}
_HEADS = {
    Way.TRANSACTIONS: (lazy("We have"), lazy("They have")),
    Way.SETTLEMENT: (lazy("Transaction file"), lazy("Settlement file")),
    Way.BANK: (lazy("Settlement file"), lazy("Bank")),
}
_BY_THE_TRADE = (lazy("By the trade's rate"), lazy("Settlement file"))
_MONEY = frozenset({"amount", "of", "net", "gross", "fee"})  # minor units of the side's currency
_RMB = frozenset({"rmb_amount", "rmb_settlement"})  # fen, whatever the side's currency is
_COMPARED = _MONEY | _RMB | {"currency", "status", "transaction_id", "merchant", "rate"}
_OF_KIND: dict[str, tuple[str, ...]] = {
    BreakKind.SCHEME_ID: ("id",),
    BreakKind.TIME: ("at",),
}  # else they may differ
_SAME = {"completed_at": "at"}  # one thing, by the name that the other side has for it


def render_sides(row: Break) -> SafeString:
    """A table with a line for each thing that a side says: its name, ours, theirs."""
    ours, theirs = _named(row.ours), _named(row.theirs)
    said = [name for name in (*_WORDS, *_others(ours, theirs)) if name in ours or name in theirs]
    lines = format_html_join(
        "",
        '<tr class="{}"><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
        (_line(name, ours, theirs, row) for name in said),
    )
    return format_html(
        '<div class="tg-scroll"><table class="tg-table tg-sides"><thead><tr>'
        '<td></td><th scope="col">{}</th><th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></div>",
        *(_BY_THE_TRADE if row.kind == BreakKind.RATE else _HEADS[Way(row.way)]), lines,
    )  # fmt: skip


def _named(side: dict[str, Any] | None) -> dict[str, Any]:
    return {_SAME.get(name, name): value for name, value in (side or {}).items()}


def _others(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """What is not in the table of words is shown all the same, at the end."""
    return sorted((ours.keys() | theirs.keys()) - _WORDS.keys())


def _line(name: str, ours: dict[str, Any], theirs: dict[str, Any], row: Break) -> tuple[str, ...]:
    shown = [_show(name, side, row.currency) for side in (ours, theirs)]
    compared = name in _COMPARED or name in _OF_KIND.get(row.kind, ())
    differs = name in ours and name in theirs and compared
    marked = differs and shown[0] != shown[1]
    word = str(_WORDS.get(name, name.replace("_", " ")))
    return "tg-differs" if marked else "", f"{word} ≠" if marked else word, *shown


def _show(name: str, side: dict[str, Any], currency: str) -> str:
    value = side.get(name)
    if value is None:
        return "-"
    if name in _RMB:
        return str(Money(value, "CNY"))
    if name in _MONEY and isinstance(value, int):
        return str(Money(value, side.get("currency") or currency))
    moment = parse_datetime(value) if name == "at" and isinstance(value, str) else None
    return (show_moment(moment) if moment and moment.tzinfo else None) or str(value)
