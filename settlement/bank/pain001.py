"""Writes an ISO 20022 pain.001.001.09: one debtor account, one day, any number of transfers.

The same orders make the same bytes. Amounts have the currency's own decimals, ids and names the
banks' set of characters. Source: settlement-conventions §5; the schema is held by a test.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lxml import etree
from stdnum import bic, iban

from kernel.clock import show_time
from kernel.money import Money
from merchants.account_numbers import IBAN_COUNTRIES
from settlement.bank.characters import as_written, to_latin

VERSION = "pain.001.001.09"
_SPACE = f"urn:iso:std:iso:20022:tech:xsd:{VERSION}"
NAME_LIMIT = 70  # characters; the schema would take 140, SEPA does not
TEXT_LIMIT = 140
# Who sees SEPA's terms: euro, from and to an IBAN of these countries.
_SEPA = """
AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO
PL PT RO RS SE SI SK SM VA
"""
SEPA = frozenset(_SEPA.split())
# A country's code of clearing members (ISO 20022, external code set), for its local bank codes.
CLEARING = {
    "AU": "AUBSB", "CA": "CACPA", "CN": "CNAPS", "HK": "HKNCC", "IN": "INFSC", "JP": "JPZGN",
    "NZ": "NZNCC", "SG": "SGIBG", "US": "USABA",
}  # fmt: skip


class CannotPay(ValueError):
    """A party cannot stand in a payment file; ``which`` is its transfer's id, or "debtor"."""

    def __init__(self, which: str, reason: str) -> None:
        self.which, self.reason = which, reason
        super().__init__(f"{which}: {reason}")


@dataclass(frozen=True, slots=True)
class Party:
    """An account and whose it is; ``number`` is an IBAN where the country has them."""

    name: str
    country: str
    number: str
    bank_code: str

    @property
    def has_iban(self) -> bool:
        """Whether the account is named by an IBAN."""
        return self.country in IBAN_COUNTRIES


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment: ``id`` comes back in the statement, ``text`` is for the creditor to read."""

    id: str
    creditor: Party
    minor: int
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """The whole file. ``made_at`` is written down, never read from a clock."""

    id: str
    made_at: datetime
    executes_on: date
    currency: str
    debtor: Party
    transfers: Sequence[Transfer]
    keeps_characters: bool = False


def write(order: Order) -> bytes:
    """The file's bytes. Raises CannotPay for a wrong IBAN, or a name that cannot be written."""
    spaces: Any = {None: _SPACE}  # its stubs know no default namespace
    root = etree.Element(f"{{{_SPACE}}}Document", nsmap=spaces)
    told = _put(root, "CstmrCdtTrfInitn")
    head = _put(told, "GrpHdr")
    _put(head, "MsgId", order.id)
    _put(head, "CreDtTm", show_time(order.made_at))
    _sums(head, order.transfers, order.currency)
    _put(_put(head, "InitgPty"), "Nm", _name(order, "debtor", order.debtor))
    for number, (level, transfers) in enumerate(_by_level(order), 1):
        _write_group(told, order, f"{order.id}-{number}", level, transfers)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read_groups(content: bytes) -> dict[str, list[str]]:
    """Of a file that was written here: the EndToEndIds of each group, by its PmtInfId."""
    root = etree.fromstring(content)
    return {
        str(group.findtext("{*}PmtInfId")): [
            str(node.text) for node in group.iterfind("{*}CdtTrfTxInf/{*}PmtId/{*}EndToEndId")
        ]
        for group in root.iterfind("{*}CstmrCdtTrfInitn/{*}PmtInf")
    }


def _by_level(order: Order) -> Iterable[tuple[str, list[Transfer]]]:
    """The transfers by service level: SEPA's own terms hold for its transfers alone."""
    level: dict[str, list[Transfer]] = {"SEPA": [], "NURG": []}
    for transfer in order.transfers:
        level["SEPA" if _is_sepa(order, transfer) else "NURG"].append(transfer)
    return ((name, found) for name, found in level.items() if found)


def _is_sepa(order: Order, transfer: Transfer) -> bool:
    return order.currency == "EUR" and {order.debtor.country, transfer.creditor.country} <= SEPA


def _write_group(
    above: etree._Element, order: Order, group_id: str, level: str, transfers: Sequence[Transfer]
) -> None:
    group = _put(above, "PmtInf")
    _put(group, "PmtInfId", group_id)
    _put(group, "PmtMtd", "TRF")
    _put(group, "BtchBookg", "false")  # each transfer is an entry of the statement
    _sums(group, transfers, order.currency)
    _put(_put(_put(group, "PmtTpInf"), "SvcLvl"), "Cd", level)
    _put(_put(group, "ReqdExctnDt"), "Dt", order.executes_on.isoformat())
    _put(_put(group, "Dbtr"), "Nm", _name(order, "debtor", order.debtor))
    account = _put(group, "DbtrAcct")
    _write_number(account, "debtor", order.debtor)
    _put(account, "Ccy", order.currency)
    _write_bank(_put(group, "DbtrAgt"), order.debtor)
    _put(group, "ChrgBr", "SLEV" if level == "SEPA" else "SHAR")
    for transfer in transfers:
        _write_transfer(group, order, transfer)


def _write_transfer(group: etree._Element, order: Order, transfer: Transfer) -> None:
    node, to = _put(group, "CdtTrfTxInf"), transfer.creditor
    _put(_put(node, "PmtId"), "EndToEndId", transfer.id)
    amount = _put(_put(node, "Amt"), "InstdAmt", _amount(transfer.minor, order.currency))
    amount.set("Ccy", order.currency)
    if to.bank_code:
        _write_bank(_put(node, "CdtrAgt"), to)
    _put(_put(node, "Cdtr"), "Nm", _name(order, transfer.id, to))
    _write_number(_put(node, "CdtrAcct"), transfer.id, to)
    text = _writer(order)(transfer.text, TEXT_LIMIT)
    if text:
        _put(_put(node, "RmtInf"), "Ustrd", text)


def _write_number(account: etree._Element, which: str, party: Party) -> None:
    number = _put(account, "Id")
    if not party.has_iban:
        _put(_put(number, "Othr"), "Id", party.number)
    elif iban.is_valid(party.number):
        _put(number, "IBAN", party.number)
    else:
        raise CannotPay(which, "its IBAN's check digits are wrong")


def _write_bank(agent: etree._Element, party: Party) -> None:
    """By BIC, by the country's clearing code, or not provided where the IBAN alone tells."""
    bank = _put(agent, "FinInstnId")
    if not party.bank_code:
        _put(_put(bank, "Othr"), "Id", "NOTPROVIDED")
    elif bic.is_valid(party.bank_code):
        _put(bank, "BICFI", party.bank_code)
    else:
        member = _put(bank, "ClrSysMmbId")
        if party.country in CLEARING:
            _put(_put(member, "ClrSysId"), "Cd", CLEARING[party.country])
        _put(member, "MmbId", party.bank_code)
        _put(_put(bank, "PstlAdr"), "Ctry", party.country)


def _name(order: Order, which: str, party: Party) -> str:
    name = _writer(order)(party.name, NAME_LIMIT)
    if not name:
        raise CannotPay(which, "the account holder's name has no letter that the bank takes")
    return name


def _writer(order: Order) -> Callable[[str, int], str]:
    return as_written if order.keeps_characters else to_latin


def _sums(above: etree._Element, transfers: Sequence[Transfer], currency: str) -> None:
    _put(above, "NbOfTxs", str(len(transfers)))
    _put(above, "CtrlSum", _amount(sum(each.minor for each in transfers), currency))


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).to_decimal():f}"


def _put(above: etree._Element, name: str, text: str | None = None) -> etree._Element:
    node = etree.SubElement(above, f"{{{_SPACE}}}{name}")
    node.text = text
    return node
