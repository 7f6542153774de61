"""Reads a pain.002: what the bank says of a payment file that it was given.

Source: settlement-conventions §5 and §6; versions .03 (used with pain.001 .03) to .15.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from settlement.bank.statement import StatementRefused
from settlement.bank.xml import all_texts, first_text, line_of, parse

_SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001."
REJECTED = "RJCT"
# Taken, checked, waiting, on its way or settled; PART: the transactions say which.
GOING_ON = frozenset(
    ["RCVD", "PDNG", "ACTC", "ACCP", "ACSP", "ACSC", "ACCC", "ACWC", "ACWP", "ACFC", "PATC", "PART"]
)


@dataclass(frozen=True, slots=True)
class Refused:
    """What the bank does not pay: ``group`` or ``end_to_end`` names it, both empty: all of it."""

    group: str
    end_to_end: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """About the file with this MsgId; nothing refused means that it is being paid."""

    message: str
    refused: tuple[Refused, ...]


def read(content: bytes) -> Report:
    """The report. Raises StatementRefused, also for a status that is none."""
    root = parse(content)
    space = etree.QName(root).namespace or ""
    if not space.startswith(_SPACE):
        raise StatementRefused(f"no pain.002: {space[:80]!r}", line_of(root))
    told = root.find("{*}CstmrPmtStsRpt")
    about = None if told is None else told.find("{*}OrgnlGrpInfAndSts")
    if told is None or about is None:
        raise StatementRefused("OrgnlGrpInfAndSts is missing", line_of(root))
    message = first_text(about, "OrgnlMsgId")
    if not message:
        raise StatementRefused("OrgnlMsgId is missing", line_of(about))
    return Report(message, tuple(_refused(told, about)))


def _refused(told: etree._Element, about: etree._Element) -> Iterator[Refused]:
    if _status(about, "GrpSts") == REJECTED:
        yield Refused("", "", _reason(about))
        return
    for group in told.iterfind("{*}OrgnlPmtInfAndSts"):
        name = first_text(group, "OrgnlPmtInfId")
        if _status(group, "PmtInfSts") == REJECTED:
            if not name:
                raise StatementRefused("OrgnlPmtInfId is missing", line_of(group))
            yield Refused(name, "", _reason(group))
            continue
        for one in group.iterfind("{*}TxInfAndSts"):
            if _status(one, "TxSts") == REJECTED:
                end_to_end = first_text(one, "OrgnlEndToEndId")
                if not end_to_end:
                    raise StatementRefused("OrgnlEndToEndId is missing", line_of(one))
                yield Refused(name, end_to_end, _reason(one))


def _status(node: etree._Element, name: str) -> str:
    status = first_text(node, name)
    if status and status != REJECTED and status not in GOING_ON:
        raise StatementRefused(f"{name} {status[:12]!r} is no status", line_of(node), name)
    return status


def _reason(node: etree._Element) -> str:
    """``AC04 account closed``: the code, or the bank's own word, and what it adds."""
    code = first_text(node, "StsRsnInf/Rsn/Cd") or first_text(node, "StsRsnInf/Rsn/Prtry")
    return " ".join([code, *all_texts(node, "StsRsnInf/AddtlInf")]).strip()[:256]
