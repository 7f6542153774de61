"""Reads a camt.053 bank statement, versions .02 to .08: entries booked, and balances that agree.

Safe against hostile XML: no entities, no network, a limit on the size. Source:
settlement-conventions §6.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from lxml import etree

from kernel.money import AmountNotRepresentable, Money, UnknownCurrency
from settlement.bank.statement import ENTRIES_LIMIT, BankEntry, BankStatement, StatementRefused
from settlement.bank.xml import parse

__all__ = ["BankEntry", "BankStatement", "StatementRefused", "read"]

_SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
_CREDIT, _DEBIT = "CRDT", "DBIT"


def read(content: bytes) -> list[BankStatement]:
    """Every statement of the file. Raises StatementRefused."""
    root = _root(content)
    found = list(root.iterfind("{*}BkToCstmrStmt/{*}Stmt"))
    if not found:
        raise StatementRefused("no statement in it", _line(root))
    return [_statement(one) for one in found]


def _root(content: bytes) -> etree._Element:
    root = parse(content)
    space = etree.QName(root).namespace or ""
    if not space.startswith(_SPACE):
        raise StatementRefused(f"no camt.053: {space[:80]!r}", _line(root))
    return root


def _statement(node: etree._Element) -> BankStatement:
    account = _text(node, "Acct/Id/IBAN") or _text(node, "Acct/Id/Othr/Id")
    if not account:
        raise _refused(node, "the account is missing")
    opening, currency, _ = _balance(node, "OPBD", "PRCD")
    closing, closing_currency, closes_on = _balance(node, "CLBD")
    entries = tuple(_entries(node, currency))
    if closing_currency != currency:
        raise _refused(node, f"opens in {currency} and closes in {closing_currency}")
    moved = sum(entry.minor for entry in entries)
    if opening + moved != closing:
        raise _refused(node, f"{opening} and entries of {moved} are not {closing}")
    stated = _needed(node, "Id")
    return BankStatement(stated, account, currency, opening, closing, closes_on, entries)


def _balance(node: etree._Element, *codes: str) -> tuple[int, str, date | None]:
    """The first balance with one of the codes, in the order of the codes, and of which day."""
    balances = {_text(one, "Tp/CdOrPrtry/Cd"): one for one in node.iterfind("{*}Bal")}
    for code in codes:
        if code in balances:
            return (*_signed(balances[code]), _day(balances[code], "Dt"))
    raise _refused(node, f"the balance {codes[0]} is missing")


def _entries(node: etree._Element, currency: str) -> Iterator[BankEntry]:
    for number, entry in enumerate(node.iterfind("{*}Ntry")):
        if number >= ENTRIES_LIMIT:
            raise _refused(entry, f"more than {ENTRIES_LIMIT} entries")
        # .02 has a bare code, .08 a choice around it.
        status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
        if status != "BOOK":
            continue  # pending and informational ones are not in the booked balances
        minor, its_currency = _signed(entry)
        if its_currency != currency:
            raise _refused(entry, f"in {its_currency}, on an account in {currency}")
        yield _entry(entry, minor, currency)


def _entry(node: etree._Element, minor: int, currency: str) -> BankEntry:
    details = list(node.iterfind("{*}NtryDtls/{*}TxDtls"))
    named = [
        text
        for one in [*node.iterfind("{*}NtryDtls/{*}Btch"), *details]
        for name in ("PmtInfId", "Refs/EndToEndId", "Refs/PmtInfId", "Refs/InstrId", "Refs/UETR")
        if (text := _text(one, name)) and text != "NOTPROVIDED"
    ]
    told = [text.strip() for one in details for text in _all(one, "RmtInf/Ustrd")]
    told = told or [_text(node, "AddtlNtryInf")]
    return BankEntry(
        line=_line(node),
        minor=minor,
        currency=currency,
        booked_on=_day(node, "BookgDt"),
        value_on=_day(node, "ValDt"),
        bank_reference=_text(node, "AcctSvcrRef"),
        references=tuple(dict.fromkeys(named)),
        remittance=" ".join(told)[:1000],
        is_reversal=_text(node, "RvslInd") in ("true", "1"),
        reason=_why_returned(details),
    )


def _why_returned(details: list[etree._Element]) -> str:
    """The code and the words of a return: ``AC04 account closed``."""
    for one in details:
        told = [_text(one, "RtrInf/Rsn/Cd"), *_all(one, "RtrInf/AddtlInf")]
        if any(told):
            return " ".join(text.strip() for text in told if text)[:256]
    return ""


def _signed(node: etree._Element) -> tuple[int, str]:
    """Amount and currency; a debit is negative, whether it reverses something or not."""
    amount = node.find("{*}Amt")
    if amount is None:
        raise _refused(node, "the amount is missing")
    currency = amount.get("Ccy", "")
    try:
        minor = Money.from_decimal((amount.text or "").strip(), currency).minor
    except (AmountNotRepresentable, UnknownCurrency) as error:
        raise _refused(amount, str(error)) from None
    side = _text(node, "CdtDbtInd")
    if side not in (_CREDIT, _DEBIT) or minor < 0:
        raise _refused(node, "neither credit nor debit, or a negative amount")
    return (minor if side == _CREDIT else -minor), currency


def _day(node: etree._Element, name: str) -> date | None:
    text = (_text(node, f"{name}/Dt") or _text(node, f"{name}/DtTm"))[:10]  # a zone may follow
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _refused(node, f"{name}: {text[:20]!r} is no day") from None


def _needed(node: etree._Element, path: str) -> str:
    text = _text(node, path)
    if not text:
        raise _refused(node, f"{path} is missing")
    return text


def _all(node: etree._Element, path: str) -> Iterator[str]:
    for found in node.iterfind("/".join(f"{{*}}{name}" for name in path.split("/"))):
        yield found.text or ""


def _text(node: etree._Element, path: str) -> str:
    return next(_all(node, path), "").strip()


def _line(node: etree._Element) -> int:
    number: Any = node.sourceline  # its stubs have no type for it
    return number or 1


def _refused(node: etree._Element, reason: str) -> StatementRefused:
    return StatementRefused(reason, _line(node))
