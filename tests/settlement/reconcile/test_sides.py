"""A break's page shows what both sides say, line by line, and marks what differs."""

import re
from typing import Any

import pytest
from django.utils import timezone

from settlement.admin.sides import render_sides
from settlement.models import Break

OURS = {
    "status": "succeeded", "amount": 12050, "currency": "HKD", "fee": 72,
    "completed_at": "2026-11-21T14:30:05+00:00", "transaction_id": "2026112221001",
}  # fmt: skip
THEIRS = {
    "type": "PAYMENT", "amount": 12051, "currency": "HKD", "fee": 72,
    "at": "2026-11-21T14:30:05+00:00", "transaction_id": "2026112221001",
    "merchant": "<b>Tea</b>", "new_word": 3,
}  # fmt: skip


def lines(ours: Any, theirs: Any, currency: str = "HKD", **said: str) -> list[tuple[str, ...]]:
    """Class, name, ours, theirs of each line."""
    facts = {"way": "transactions", "currency": currency} | said
    with timezone.override("Asia/Hong_Kong"):
        text = render_sides(Break(ours=ours, theirs=theirs, **facts))
    found = r'<tr class="([^"]*)"><th[^>]*>(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>'
    return re.findall(found, text)


def test_both_sides_stand_beside_each_other_and_what_differs_is_marked() -> None:
    assert lines(OURS, THEIRS) == [
        ("", "type", "-", "PAYMENT"),
        ("", "status", "succeeded", "-"),
        ("tg-differs", "amount ≠", "HKD 120.50", "HKD 120.51"),
        ("", "fee", "HKD 0.72", "HKD 0.72"),
        ("", "currency", "HKD", "HKD"),
        ("", "when", "2026-11-21 22:30:05 HKT", "2026-11-21 22:30:05 HKT"),
        ("", "Alipay transaction", "2026112221001", "2026112221001"),
        ("", "merchant", "-", "&lt;b&gt;Tea&lt;/b&gt;"),
        ("", "new word", "-", "3"),
    ]


@pytest.mark.parametrize(
    ("currency", "shown"), [("JPY", "JPY 12050"), ("KWD", "KWD 12.050"), ("HKD", "HKD 120.50")]
)
def test_money_has_the_decimals_of_its_currency(currency: str, shown: str) -> None:
    assert lines({"amount": 12050}, None, currency) == [("", "amount", shown, "-")]


def test_two_files_are_named_and_what_makes_the_break_is_marked() -> None:
    traded = {"id": "pay01a", "at": "2026-11-21T14:30:05+00:00", "merchant": "Tea"}
    settled = {"id": "20261122", "at": "2026-11-21T10:30:05+00:00", "merchant": "Noodles"}
    for kind, marked in (("scheme_id", {"id", "merchant"}), ("time", {"when", "merchant"})):
        found = lines(traded, settled, way="settlement", kind=kind)
        assert {line[1].removesuffix(" ≠") for line in found if line[0]} == marked
    text = render_sides(Break(ours=traded, theirs=settled, way="settlement", currency="HKD"))
    assert '<th scope="col">Transaction file</th><th scope="col">Settlement file</th>' in text


def test_a_side_that_has_nothing_is_empty_and_differs_in_nothing() -> None:
    assert [line[0] for line in lines(None, THEIRS)] == [""] * 8
    assert lines(None, None) == []
