"""Breaks that a tester plants in a file: the scheme and the acquirer disagree on purpose."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from sqlite3 import Connection, Row

from sandbox.files.entries import CANCEL, PAYMENT, Entry

ROW_BREAKS: dict[str, Callable[[Entry, int], list[Entry]]] = {
    "row_missing": lambda entry, number: [],
    "late": lambda entry, number: [],  # and stands in the next file instead
    "row_extra": lambda entry, number: [
        entry,
        replace(entry, own_id=f"EXTRA{number:08d}", trade_id=f"{entry.trade_id[:-8]}{number:08d}"),
    ],
    "duplicate": lambda entry, number: [entry, entry],
    "amount": lambda entry, number: [replace(entry, amount=entry.amount + 1)],
    "fee": lambda entry, number: [replace(entry, fee=entry.fee + 1)],
    "currency": lambda entry, number: [
        replace(entry, currency="USD" if entry.currency != "USD" else "EUR")
    ],
    "status": lambda entry, number: [
        replace(entry, kind=CANCEL if entry.kind == PAYMENT else PAYMENT)
    ],
    "merchant": lambda entry, number: [replace(entry, merchant="Somebody Else")],
}
FILE_BREAKS = ("letter_in_amount", "truncated", "wrong_total", "columns_swapped", "file_late")
NAMES = (*ROW_BREAKS, *FILE_BREAKS)


def planted(rows: Connection, partner: str, kind: str, day: date) -> list[Row]:
    """What is planned for a file, in the order it was planned."""
    return rows.execute(
        "SELECT * FROM planted WHERE partner = ? AND kind = ? AND day = ? ORDER BY id",
        (partner, kind, day.isoformat()),
    ).fetchall()


def plant(entries: list[Entry], plan: list[Row]) -> tuple[list[Entry], list[Entry]]:
    """The entries with the planned breaks, and those that come late. Each entry breaks once.

    The same plan over the same day always breaks the same rows.
    """
    touched: dict[int, Row] = {}
    for row in plan:
        if row["name"] in ROW_BREAKS:
            free = [index for index in range(len(entries)) if index not in touched]
            chosen = random.Random(row["seed"]).sample(free, min(row["count"], len(free)))  # noqa: S311
            touched |= dict.fromkeys(chosen, row)
    written: list[Entry] = []
    for index, entry in enumerate(entries):
        broken = touched.get(index)
        written += [entry] if broken is None else ROW_BREAKS[broken["name"]](entry, index)
    return written, [entries[i] for i, row in sorted(touched.items()) if row["name"] == "late"]


def spoil(lines: list[str], plan: list[Row]) -> list[str]:
    """The file's lines with the planned damage to its form."""
    names = {row["name"] for row in plan}
    if "wrong_total" in names and lines[0].startswith("Partner:"):
        head, _, total = lines[0].rpartition(":")
        lines[0] = f"{head}:{int(total) + 1}"
    if "columns_swapped" in names:
        at = next(i for i, line in enumerate(lines) if line.startswith("Partner_transaction_id"))
        first, second, rest = lines[at].split("|", 2)
        lines[at] = f"{second}|{first}|{rest}"
    if "letter_in_amount" in names:
        lines[-1] = _with_letter(lines[-1])
    if "truncated" in names:
        lines[-1] = lines[-1][: len(lines[-1]) // 2]
    return lines


def _with_letter(line: str) -> str:
    cells = line.split("|")
    cells[2] = f"O{cells[2]}"
    return "|".join(cells)
