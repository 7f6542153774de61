"""Faults on demand: one table, reached by a magic payment code or by the control API."""

import random
import re
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

MAGIC_PREFIX = "2899"
_MAGIC = re.compile(MAGIC_PREFIX + r"(\d\d)\d{12}")
SERVICES = ("pay", "query", "cancel", "refund", "refund_query", "notify", "*")


@dataclass(frozen=True, slots=True)
class Fault:
    """``number`` is the two digits of a magic code; ``seconds`` the default delay."""

    number: str
    name: str
    does: str
    seconds: float | None = None


_TABLE = [
    Fault("00", "none", "paid at once"),
    Fault("01", "slow", "the answer comes late, after the work was done", 5),
    Fault("02", "slow_beyond_deadline", "the work itself begins this late", 40),
    Fault("03", "answer_lost", "the work is done, then the connection is closed without an answer"),
    Fault("04", "request_lost", "the connection is closed before anything happens"),
    Fault("05", "system_error", "UNKNOW / SYSTEM_ERROR, and nothing happens"),
    Fault("06", "system_error_paid", "answers SYSTEM_ERROR although the work was done"),
    Fault("07", "gateway_system_error", "is_success=F SYSTEM_ERROR, and nothing happens"),
    Fault("08", "garbled", "the work is done, the answer is half an XML"),
    Fault("09", "bad_signature", "the work is done, the answer's signature is wrong"),
    Fault("10", "html_maintenance", "an HTML page instead of an answer; nothing happens"),
    Fault("11", "gbk", "the answer declares and uses GBK"),
    Fault("12", "wrong_amount", "the answer names one minor unit more than was paid"),
    Fault("20", "needs_password", "the customer must confirm in the wallet"),
    Fault("21", "never_confirms", "needs a password, and nobody can confirm it"),
    Fault("22", "confirms_by_itself", "needs a password, and is confirmed after a while", 4),
    Fault("30", "insufficient_balance", "FAILED / BUYER_BALANCE_NOT_ENOUGH"),
    Fault("31", "expired_code", "FAILED / SOUNDWAVE_PARSER_FAIL"),
    Fault("32", "code_unknown", "FAILED / BUYER_NOT_EXIST"),
    Fault("33", "limit_exceeded", "FAILED / BEYOND_PAY_RESTRICTION"),
    Fault("34", "risk_declined", "FAILED / ALIN43911"),
    Fault("40", "duplicate_notification", "the notification is sent twice"),
    Fault("41", "notification_before_answer", "the notification is sent before the answer", 2),
    Fault("42", "notification_lost", "the first notification gets lost; the repeat comes"),
]
FAULTS = {fault.name: fault for fault in _TABLE}
BY_NUMBER = {fault.number: fault for fault in _TABLE}
DECLINES = {
    "insufficient_balance": "BUYER_BALANCE_NOT_ENOUGH",
    "expired_code": "SOUNDWAVE_PARSER_FAIL",
    "code_unknown": "BUYER_NOT_EXIST",
    "limit_exceeded": "BEYOND_PAY_RESTRICTION",
    "risk_declined": "ALIN43911",
}


@dataclass(frozen=True, slots=True)
class Active:
    """A fault that applies to this call."""

    name: str
    seconds: float


NONE = Active("none", 0)


def magic_fault(code: str) -> Fault | None:
    """The fault that a magic code asks for; None for any other code."""
    match = _MAGIC.fullmatch(code)
    return BY_NUMBER.get(match[1]) if match else None


def choose(rows: Connection, service: str, partner_trans_id: str, code: str) -> Active:
    """The fault for this call: the control API's first, then the code's (on pay alone)."""
    for row in rows.execute("SELECT * FROM fault ORDER BY id").fetchall():
        if not _fits(row, service, partner_trans_id, code):
            continue
        rows.execute("UPDATE fault SET seen = seen + 1 WHERE id = ?", (row["id"],))
        # Seeded by the fault and its count, so that a run can be repeated.
        if random.Random(f"{row['seed']}/{row['seen']}").random() >= row["probability"]:  # noqa: S311
            continue
        if row["times"] is not None:
            rows.execute("UPDATE fault SET times = times - 1 WHERE id = ?", (row["id"],))
        return Active(row["name"], row["seconds"] or FAULTS[row["name"]].seconds or 0)
    magic = magic_fault(code) if service == "pay" else None
    return Active(magic.name, magic.seconds or 0) if magic else NONE


def _fits(row: Any, service: str, partner_trans_id: str, code: str) -> bool:
    return (
        row["service"] in ("*", service)
        and (row["times"] is None or row["times"] > 0)
        and row["partner_trans_id"] in (None, partner_trans_id)
        and row["payment_code"] in (None, code)
    )
