"""Reads an MT940 bank statement, strictly: every field known, every balance right.

Lenient readers skip what they do not understand; a statement that moves books is refused instead,
with its line and field (docs/decisions/0043). Source: SWIFT's fields 20, 25, 28C, 60, 61, 62, 86.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from kernel.money import AmountNotRepresentable, Money, UnknownCurrency
from settlement.bank.statement import (
    ENTRIES_LIMIT,
    LONGEST_BYTES,
    BankEntry,
    BankStatement,
    StatementRefused,
)

_FIELD = re.compile(r":(\d{2}[A-Z]?):(.*)", re.DOTALL)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,14},\d{0,3})")
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<side>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d{1,14},\d{0,3})"
    r"(?P<type>[A-Z][A-Z0-9]{3})(?P<ours>(?:(?!//)[^\n]){1,16})(?://(?P<theirs>[^\n]{1,16}))?"
    r"(?:\n(?P<more>[^\n]{0,34}))?"
)
_BLOCKS = re.compile(r"\{[1235]:[^\n]*?\}|\{4:")
_SUBFIELD = re.compile(r"\?\d\d")
_KNOWN = {"20", "21", "25", "25P", "28C", "28", "60F", "60M", "61", "62F", "62M", "64", "65", "86",
          "13D", "34F", "90C", "90D", "NS"}  # fmt: skip
_HALF_A_YEAR = timedelta(days=183)


@dataclass(slots=True)
class _Field:
    line: int
    tag: str
    text: str


@dataclass(slots=True)
class _Open:
    """A statement as far as it was read."""

    begins: int
    id: str = ""
    account: str = ""
    number: str = ""
    currency: str = ""
    opening: int | None = None
    entries: list[BankEntry] = field(default_factory=list)
    last: _Field | None = None  # the entry that a following 86 belongs to


def read(content: bytes) -> list[BankStatement]:
    """Every statement of the file. Raises StatementRefused."""
    if len(content) > LONGEST_BYTES:
        raise StatementRefused(f"longer than {LONGEST_BYTES} bytes", 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    found: list[BankStatement] = []
    current: _Open | None = None
    for each in _fields(text.replace("\r\n", "\n")):
        if each.tag == "20":
            if current is not None:
                raise StatementRefused("the statement before it has no closing", each.line, ":20:")
            current = _Open(each.line, id=each.text.strip()[:16])
        elif current is None:
            if each.tag not in {"64", "65", "86", "NS", "90C", "90D"}:  # they may follow a closing
                raise StatementRefused("a statement begins with :20:", each.line, f":{each.tag}:")
        elif each.tag in {"62F", "62M"}:
            found.append(_close(current, each))
            current = None
        else:
            _take(current, each)
    if current is not None:
        raise StatementRefused("the closing :62F: is missing", current.begins, ":62F:")
    if not found:
        raise StatementRefused("no statement in it", 1)
    return found


def _fields(text: str) -> Iterator[_Field]:
    current: _Field | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = _BLOCKS.sub("", raw).rstrip()
        if line in {"", "-", "-}"} or line.startswith("-}"):
            if line and current is not None:
                yield current
                current = None
            continue
        match = _FIELD.fullmatch(line)
        if match is None:
            if current is None:
                raise StatementRefused(f"no field of MT940: {line[:30]!r}", number)
            current.text += "\n" + line
            continue
        if match[1] not in _KNOWN:
            raise StatementRefused("a field that MT940 has not", number, f":{match[1]}:")
        if current is not None:
            yield current
        current = _Field(number, match[1], match[2])
    if current is not None:
        yield current


def _take(current: _Open, each: _Field) -> None:
    if each.tag in {"25", "25P"}:
        current.account = each.text.split("\n")[0].strip()
    elif each.tag in {"28", "28C"}:
        current.number = each.text.strip()
    elif each.tag in {"60F", "60M"}:
        if current.opening is not None:
            raise StatementRefused("a second opening", each.line, f":{each.tag}:")
        current.opening, current.currency, _ = _balance(each)
    elif each.tag == "61":
        if current.opening is None:
            raise StatementRefused("an entry before the opening", each.line, ":61:")
        if len(current.entries) >= ENTRIES_LIMIT:
            raise StatementRefused(f"more than {ENTRIES_LIMIT} entries", each.line, ":61:")
        current.entries.append(_entry(each, current.currency))
        current.last = each
    elif each.tag == "86" and current.last is not None:
        current.entries[-1] = _with_text(current.entries[-1], each.text)
        current.last = None


def _close(current: _Open, each: _Field) -> BankStatement:
    closing, currency, closes_on = _balance(each)
    if not current.account:
        raise StatementRefused("the account is missing", current.begins, ":25:")
    if current.opening is None:
        raise StatementRefused("the opening is missing", current.begins, ":60F:")
    if currency != current.currency:
        reason = f"opens in {current.currency} and closes in {currency}"
        raise StatementRefused(reason, each.line, f":{each.tag}:")
    moved = sum(entry.minor for entry in current.entries)
    if current.opening + moved != closing:
        reason = f"{current.opening} and entries of {moved} are not {closing}"
        raise StatementRefused(reason, each.line, f":{each.tag}:")
    number = " ".join(part for part in (current.id, current.number, str(closes_on)) if part)
    return BankStatement(
        number, current.account, currency, current.opening, closing, closes_on,
        tuple(current.entries),
    )  # fmt: skip


def _balance(each: _Field) -> tuple[int, str, date]:
    match = _BALANCE.fullmatch(each.text.strip())
    if match is None:
        raise StatementRefused(f"no balance: {each.text[:30]!r}", each.line, f":{each.tag}:")
    minor = _minor(match[4], match[3], each)
    return (minor if match[1] == "C" else -minor), match[3], _day(match[2], each)


def _entry(each: _Field, currency: str) -> BankEntry:
    match = _ENTRY.fullmatch(each.text.strip())
    if match is None:
        raise StatementRefused(f"no entry: {each.text[:40]!r}", each.line, ":61:")
    minor, side = _minor(match["amount"], currency, each), match["side"]
    value_on = _day(match["value"], each)
    named = [text.strip() for text in (match["ours"], match["more"]) if text]
    return BankEntry(
        line=each.line,
        minor=minor if side in {"C", "RD"} else -minor,  # a reversed debit comes in again
        currency=currency,
        booked_on=_booked_on(match["booked"], value_on, each),
        value_on=value_on,
        bank_reference=(match["theirs"] or "").strip(),
        references=tuple(name for name in named if name not in {"NONREF", ""}),
        remittance="",
        is_reversal=side.startswith("R"),
    )


def _with_text(entry: BankEntry, text: str) -> BankEntry:
    """Lines and subfields cut words anywhere: both readings are kept, an id is found in one."""
    plain = _SUBFIELD.sub("\n", text)
    joined = plain.replace("\n", "")
    return BankEntry(
        entry.line, entry.minor, entry.currency, entry.booked_on, entry.value_on,
        entry.bank_reference, (*entry.references, joined[:1000]),
        " ".join(plain.split())[:1000], entry.is_reversal,
    )  # fmt: skip


def _minor(text: str, currency: str, each: _Field) -> int:
    try:
        return Money.from_decimal(text.replace(",", ".").rstrip("."), currency).minor
    except (AmountNotRepresentable, UnknownCurrency) as error:
        raise StatementRefused(str(error), each.line, f":{each.tag}:") from None


def _day(text: str, each: _Field) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise StatementRefused(f"{text!r} is no day", each.line, f":{each.tag}:") from None


def _booked_on(text: str | None, value_on: date, each: _Field) -> date:
    """Without a year: the one that brings it nearest to the value date."""
    if text is None:
        return value_on
    days = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            days.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    near = [day for day in days if abs(day - value_on) <= _HALF_A_YEAR]
    if not near:
        raise StatementRefused(f"{text!r} is no day", each.line, ":61:")
    return near[0]
