"""Faults on demand: one table, reached by a magic payment code or by the control API."""

import random
import re
import secrets
from dataclasses import dataclass
from sqlite3 import Connection

MAGIC_PREFIX = "2899"
_MAGIC = re.compile(MAGIC_PREFIX + r"(\d\d)\d{12}")
CALLS = ("pay", "precreate", "query", "cancel", "refund", "refund_query")
SERVICES = (*CALLS, "notify", "*")
ADDRESSES = ("main", "backup")
FAULTS_LIMIT = 1000  # planned and not yet used up
_PAY, _NOTIFY = ("pay",), ("notify",)


@dataclass(frozen=True, slots=True)
class Fault:
    """``number`` is the two digits of a magic code; ``seconds`` the default delay.

    ``services`` are the calls it makes sense at; ``notify`` is the sending of a notification.
    """

    number: str
    name: str
    does: str
    seconds: float | None = None
    services: tuple[str, ...] = CALLS


_TABLE = [
    Fault("00", "none", "paid at once", services=(*CALLS, "notify")),
    Fault("01", "slow", "the answer comes late, after the work was done", 5),
    Fault("02", "slow_beyond_deadline", "the work itself begins this late", 40),
    Fault("03", "answer_lost", "the work is done, then the connection is closed without an answer"),
    Fault("04", "request_lost", "the connection is closed before anything happens"),
    Fault("05", "system_error", "UNKNOW / SYSTEM_ERROR, and nothing happens"),
    Fault("06", "system_error_paid", "answers SYSTEM_ERROR although the work was done"),
    Fault("07", "gateway_system_error", "is_success=F SYSTEM_ERROR, and nothing happens"),
    Fault("08", "garbled", "the work is done, the answer is half an XML"),
    Fault("09", "bad_signature", "the work is done, the answer's signature is wrong",
          services=(*CALLS, "notify")),
    Fault("10", "html_maintenance", "an HTML page instead of an answer; nothing happens"),
    Fault("11", "gbk", "the answer declares and uses GBK"),
    Fault("12", "wrong_amount", "the answer names one minor unit more than was paid"),
    Fault("13", "cancel_system_error_twice",
          "nobody can confirm the payment, and its first two cancels answer SYSTEM_ERROR",
          services=_PAY),
    Fault("20", "needs_password", "the customer must confirm in the wallet", services=_PAY),
    Fault("21", "never_confirms", "needs a password, and nobody can confirm it", services=_PAY),
    Fault("22", "confirms_by_itself", "needs a password, and is confirmed after a while", 4, _PAY),
    Fault("30", "insufficient_balance", "FAILED / BUYER_BALANCE_NOT_ENOUGH", services=_PAY),
    Fault("31", "expired_code", "FAILED / SOUNDWAVE_PARSER_FAIL", services=_PAY),
    Fault("32", "code_unknown", "FAILED / BUYER_NOT_EXIST", services=_PAY),
    Fault("33", "limit_exceeded", "FAILED / BEYOND_PAY_RESTRICTION", services=_PAY),
    Fault("34", "risk_declined", "FAILED / ALIN43911", services=_PAY),
    Fault("40", "duplicate_notification", "the notification is sent twice", services=_NOTIFY),
    Fault("41", "notification_before_answer", "the notification is sent before the answer", 2,
          _PAY),
    Fault("42", "notification_lost", "the first notification gets lost; the repeat comes",
          services=_NOTIFY),
]  # fmt: skip
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


def new_magic_code(name: str) -> str:
    """A magic code nobody used yet; KeyError for a fault that is not in the table."""
    return f"{MAGIC_PREFIX}{FAULTS[name].number}{secrets.randbelow(10**12):012d}"


def choose(
    rows: Connection, service: str, partner_trans_id: str, code: str, address: str
) -> Active:
    """The fault for this call to ``address``: the control API's first, then the code's.

    A notification comes from no address: ``""``.
    """
    planned = rows.execute(
        "SELECT * FROM fault WHERE (times IS NULL OR times > 0)"
        " AND (partner_trans_id IS NULL OR partner_trans_id = ?)"
        " AND (payment_code IS NULL OR payment_code = ?)"
        " AND (address IS NULL OR address = ?) ORDER BY id",
        (partner_trans_id, code, address),
    ).fetchall()
    for row in planned:
        if row["service"] not in ("*", service) or service not in FAULTS[row["name"]].services:
            continue
        rows.execute("UPDATE fault SET seen = seen + 1 WHERE id = ?", (row["id"],))
        # Seeded by the fault and its count, so that a run can be repeated.
        if random.Random(f"{row['seed']}/{row['seen']}").random() >= row["probability"]:  # noqa: S311
            continue
        rows.execute("UPDATE fault SET times = times - 1 WHERE id = ?", (row["id"],))
        seconds = FAULTS[row["name"]].seconds if row["seconds"] is None else row["seconds"]
        return Active(row["name"], seconds or 0)
    magic = magic_fault(code)
    # A code speaks for its pay, and for the notifications if that is all its fault is about.
    if magic is None or service not in ("pay", "notify") or (service,) != magic.services[:1]:
        return NONE
    return Active(magic.name, magic.seconds or 0)


def plan(rows: Connection, name: str, service: str, partner_trans_id: str, *, times: int) -> None:
    """Plan a fault for later calls about one trade."""
    rows.execute(
        "INSERT INTO fault (name, service, partner_trans_id, times, probability, seed)"
        " VALUES (?, ?, ?, ?, 1, 0)",
        (name, service, partner_trans_id, times),
    )
