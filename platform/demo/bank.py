"""A bank that knows files alone: it pays what a pain.001 orders, and writes a camt.053 of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from lxml import etree

from kernel.money import Money

_SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True)
class Movement:
    """Signed minor units of the account's currency; ``end_to_end`` names the order that it pays."""

    minor: int
    text: str
    end_to_end: str = ""


@dataclass(frozen=True)
class Day:
    """What the bank has booked on one day."""

    on: date
    movements: Sequence[Movement]


def pay(order: bytes) -> list[Movement]:
    """What leaves the account for a pain.001, transfer by transfer."""
    root = etree.fromstring(order, etree.XMLParser(resolve_entities=False, no_network=True))
    found = []
    for transfer in root.iterfind(".//{*}CdtTrfTxInf"):
        amount = transfer.find("{*}Amt/{*}InstdAmt")
        assert amount is not None  # noqa: S101 - the schema asks for it
        money = Money.from_decimal(amount.text or "", amount.get("Ccy", ""))
        text = transfer.findtext("{*}RmtInf/{*}Ustrd") or ""
        end_to_end = transfer.findtext("{*}PmtId/{*}EndToEndId") or ""
        found.append(Movement(-money.minor, text, end_to_end))
    return found


def write_statements(
    account: str, currency: str, opening: int, days: Iterable[Day], *, run: str
) -> bytes:
    """A camt.053.001.08 with a statement per day, each going on where the one before it ended.

    ``run`` makes the statements' ids this bank's only ones.
    """
    written = []
    for day in days:
        closing = opening + sum(moved.minor for moved in day.movements)
        written.append(_statement(account, currency, (opening, closing), day, run))
        last, opening = day.on, closing
    head = f"<GrpHdr><MsgId>{run}</MsgId><CreDtTm>{last}T21:00:00Z</CreDtTm></GrpHdr>\n"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_SPACE}"><BkToCstmrStmt>\n'
        f"{head}{''.join(written)}</BkToCstmrStmt></Document>\n"
    ).encode()


def _statement(account: str, currency: str, balances: tuple[int, int], day: Day, run: str) -> str:
    told = zip(("OPBD", "CLBD"), balances, strict=True)
    return "".join([
        f"<Stmt><Id>{run}-{day.on}</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>\n",
        *(_balance(code, Money(minor, currency), day.on) for code, minor in told),
        *(_entry(moved, currency, day.on) for moved in day.movements),
        "</Stmt>\n",
    ])  # fmt: skip


def _balance(code: str, money: Money, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(money)}"
        f"<Dt><Dt>{on}</Dt></Dt></Bal>\n"
    )


def _entry(moved: Movement, currency: str, on: date) -> str:
    end_to_end = escape(moved.end_to_end or "NOTPROVIDED")
    return (
        f"<Ntry>{_amount(Money(moved.minor, currency))}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt><BkTxCd/><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>"
        f"<RmtInf><Ustrd>{escape(moved.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )


def _amount(money: Money) -> str:
    side = "CRDT" if money.minor >= 0 else "DBIT"
    number = f"{abs(money.to_decimal()):f}"
    return f'<Amt Ccy="{money.currency}">{number}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
