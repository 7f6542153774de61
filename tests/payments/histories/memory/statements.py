"""Each statement of the payments' services in Python: what it changes, and the rows it returns.

A twin is found by the text of its statement, so that none is played by the twin of another. The
rules of the database that the statements lean on (compare and set, what is unique) stand here too.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError
from psycopg.types.json import Jsonb

from api import kept_keys
from events import outbox
from ledger import accounts, posting
from payments.services import (
    apply_refund,
    attempts,
    breaks,
    claim,
    commit,
    doubt,
    drive_refund,
    mend,
    move,
    notice,
    refused_notice,
    show,
)
from payments.services.steps import STEPS
from payments.state import ENDED, Status
from tests.payments.histories.memory.tables import Tables
from tests.payments.histories.rows import Row

Params = dict[str, Any]
Found = dict[str, list[Row]]  # by the name of the fragment that returned them
Twin = Callable[[Tables, Params, Found], list[Row]]

TWINS: dict[str, Twin] = {}


def _plays(*statements: str) -> Callable[[Twin], Twin]:
    def keep(twin: Twin) -> Twin:
        for sql in statements:
            assert sql not in TWINS
            TWINS[sql] = twin
        return twin

    return keep


def _plain(value: Any) -> Any:
    return value.obj if isinstance(value, Jsonb) else value


# --- a new payment ---


@_plays(commit._PLACE)
def _place(db: Tables, p: Params, found: Found) -> list[Row]:
    return [db.place]


@_plays(kept_keys._FREE)
def _free(db: Tables, p: Params, found: Found) -> list[Row]:
    return [] if p["free_key"] in _keys(db) else [{"is_free": True}]


@_plays(*(commit._opened(is_reduced=False, has_key=has_key) for has_key in (False, True)))
def _opened(db: Tables, p: Params, found: Found) -> list[Row]:
    reference = p["new_merchant_reference"]
    is_taken = any(row["merchant_reference"] == reference for row in db.payments.values())
    if is_taken or not found.get("free", [True]):
        return []
    values = {name: _plain(p[f"new_{name}"]) for name in commit._COLUMNS}
    seconds = p["new_timeout"]
    if seconds is None:
        seconds = db.place["payment_timeout_seconds"]
    expires_at = p["new_created_at"] + timedelta(seconds=seconds)
    return [db.insert("payments_payment", **values, expires_at=expires_at)]


@_plays(kept_keys._OF_SOURCE.format(source="opened"))
def _kept(db: Tables, p: Params, found: Found) -> list[Row]:
    if p["kept_key"] in _keys(db) and found["opened"]:
        raise IntegrityError("the key is taken")
    return [_keep_key(db, p, row["id"]) for row in found["opened"]]


@_plays(kept_keys._TAKEN)
def _taken(db: Tables, p: Params, found: Found) -> list[Row]:
    return [] if p["kept_key"] in _keys(db) else [_keep_key(db, p, p["kept_object"])]


def _keys(db: Tables) -> set[str]:
    return {row["key"] for row in db.keys.values()}


def _keep_key(db: Tables, p: Params, object_id: Any) -> Row:
    names = {"type": "object_type", "at": "created_at", "acquirer": "acquirer_id"}
    names |= {"merchant": "merchant_id"}
    said = {name.removeprefix("kept_"): value for name, value in p.items()}
    values = {names.get(name, name): value for name, value in said.items() if name != "object"}
    return db.insert("api_idempotencykey", **values | {"object_id": object_id})


# --- claims and attempts ---


@_plays(claim._CLAIM)
def _claimed(db: Tables, p: Params, found: Found) -> list[Row]:
    return _claim(db.payments.get(p["claimed_id"]), p)


@_plays(drive_refund._CLAIM)
def _claimed_refund(db: Tables, p: Params, found: Found) -> list[Row]:
    return _claim(db.refunds.get(p["claimed_id"]), p)


def _claim(row: Row | None, p: Params) -> list[Row]:
    if row is None or row["due_at"] is None or row["due_at"] > p["claimed_due"]:
        return []
    row.update(claim=p["claimed_by"], due_at=p["claimed_until"])
    return [row]


@_plays(claim._ATTEMPT)
def _attempt_of_payment(db: Tables, p: Params, found: Found) -> list[Row]:
    return [
        _try(db, row["claim"], row, STEPS[Status(row["status"])].kind.value, p["try_at"])
        for row in found["claimed"]
    ]


@_plays(drive_refund._ATTEMPT)
def _attempt_of_refund(db: Tables, p: Params, found: Found) -> list[Row]:
    return [
        _try(db, row["claim"], row, "refund_query" if row["is_recorded"] else "refund", p["try_at"])
        for row in found["claimed"]
    ]


def _open_attempt(source: str) -> Twin:
    def twin(db: Tables, p: Params, found: Found) -> list[Row]:
        return [
            _try(db, p["attempt_id"], row, p["attempt_kind"], p["attempt_at"])
            for row in found[source]
        ]

    return twin


for _source in ("opened", "held"):
    _of_payment, _no_refund = attempts._COLUMNS["payment"]
    _sql = attempts._OPEN.format(source=_source, payment=_of_payment, refund=_no_refund)
    _plays(_sql)(_open_attempt(_source))


def _try(db: Tables, attempt_id: Any, row: Row, kind: str, now: Any) -> Row:
    of = {"payment_id": row["id"]}
    if "partner_refund_id" in row:
        of = {"payment_id": row["payment_id"], "refund_id": row["id"]}
    return db.insert("payments_attempt", id=attempt_id, kind=kind, created_at=now, **of)


@_plays(attempts._ANSWER)
def _answer(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.attempts.get(p["answer_id"])
    if row is None:
        return []
    row.update(answered_at=p["answer_at"], result=p["answer_result"], code=p["answer_code"])
    return [row]


@_plays(mend._HOLD)
def _held(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.payments[p["held_id"]]
    row.update(claim=p["held_by"], due_at=p["held_until"])
    return [row]


# --- answers that end nothing ---


@_plays(doubt._POSTPONE["payment"])
def _postponed(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.payments.get(p["wait_id"])
    if row is None or row["claim"] != p["wait_claim"] or row["due_at"] is None:
        return []
    row.update(due_at=p["wait_due_at"], claim=None)
    if row["completed_at"] is None and p["wait_code"] is not None:
        row["scheme_code"] = p["wait_code"]
    return [row]


@_plays(doubt._POSTPONE["refund"])
def _postponed_refund(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.refunds.get(p["wait_id"])
    if row is None or row["claim"] != p["wait_claim"] or row["due_at"] is None:
        return []
    row.update(due_at=p["wait_due_at"], claim=None)
    row["is_recorded"] = row["is_recorded"] or p["wait_recorded"]
    if p["wait_code"] is not None:
        row["scheme_code"] = p["wait_code"]
    return [row]


@_plays(show._SHOW)
def _shown(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.payments.get(p["show_id"])
    if row is None or row["status"] != Status.PROCESSING or row["qr_code"] is not None:
        return []
    row["qr_code"] = p["show_code"]
    if row["claim"] == p["show_claim"]:
        row.update(due_at=p["show_due_at"], claim=None)
    is_ours = None if row["due_at"] is None else row["due_at"] == p["show_due_at"]
    return [{"is_ours": is_ours}]


# --- news ---


@_plays(move._MOVE)
def _moved(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.payments.get(p["moved_id"])
    if row is None or row["status"] != p["moved_from"] or row["qr_code"] != p["moved_qr_code"]:
        return []
    if p["moved_to"] == Status.TAKING_BACK and row["refund_reserved_minor"] != 0:
        return []
    row.update(status=p["moved_to"], claim=None)
    row.update({name: p[f"moved_{name}"] for name in move._ALWAYS})
    known = {name: p[f"moved_{name}"] for name in move._IF_KNOWN}
    row.update({name: value for name, value in known.items() if value is not None})
    if p["moved_to"] != p["moved_from"]:
        row["scheme_code"] = p["moved_scheme_code"]
    return [row]


@_plays(apply_refund._MOVE)
def _moved_refund(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.refunds.get(p["moved_id"])
    if row is None or row["status"] != p["moved_from"]:
        return []
    row.update(status=p["moved_to"], due_at=None, claim=None, completed_at=p["moved_at"])
    row["failure_code"] = p["moved_failure_code"]
    row["scheme_code"] = p["moved_scheme_code"]
    return [row]


@_plays(apply_refund._SUMS)
def _sums(db: Tables, p: Params, found: Found) -> list[Row]:
    for refund in found["moved"]:
        payment, amount = db.payments[refund["payment_id"]], refund["amount_minor"]
        payment["refunded_minor"] += amount if p["sums_confirmed"] else 0
        payment["refund_reserved_minor"] -= 0 if p["sums_confirmed"] else amount
    return found["moved"]


@_plays(move._TRANSITION)
def _step(db: Tables, p: Params, found: Found) -> list[Row]:
    return [_note_step(db, p, row, payment_id=row["id"]) for row in found["moved"]]


@_plays(apply_refund._TRANSITION)
def _step_of_refund(db: Tables, p: Params, found: Found) -> list[Row]:
    return [
        _note_step(db, p, row, payment_id=row["payment_id"], refund_id=row["id"])
        for row in found["moved"]
    ]


def _note_step(db: Tables, p: Params, row: Row, **of: Any) -> Row:
    return db.insert(
        "payments_transition",
        id=p["step_id"], acquirer_id=row["acquirer_id"], merchant_id=row["merchant_id"],
        attempt_id=p["step_attempt"], from_status=p["step_from"], event=p["step_event"],
        to_status=p["step_to"], actor=p["step_actor"], created_at=p["step_at"], **of,
    )  # fmt: skip


def _event(source: str, name: str) -> Twin:
    def twin(db: Tables, p: Params, found: Found) -> list[Row]:
        return [
            db.insert(
                "events_event",
                id=p[f"{name}_id"], merchant_id=row["merchant_id"], livemode=row["livemode"],
                type=p[f"{name}_type"], object_id=row["id"], created_at=p[f"{name}_at"],
                payload=_plain(p[f"{name}_payload"]),
            )
            for row in found[source]
        ]  # fmt: skip

    return twin


for _source, _name in (("moved", "event"), ("opened", "told"), ("mended", "told")):
    _plays(outbox._EVENT.format(source=_source, name=_name))(_event(_source, _name))


def _nobody_listens(db: Tables, p: Params, found: Found) -> list[Row]:
    """Deliveries: the merchant has no endpoint."""
    return []


for _name in ("event", "told"):
    _plays(outbox._FAN_OUT.format(name=_name, wants=outbox._WANTS_IT))(_nobody_listens)


# --- breaks ---


def _open_break(source: str) -> Twin:
    def twin(db: Tables, p: Params, found: Found) -> list[Row]:
        return [_note_break(db, p, row) for row in found[source] if not _has_open(db, row["id"])]

    return twin


for _source in ("moved", "flagged"):
    _plays(breaks._OPENED.format(source=_source))(_open_break(_source))


def _has_open(db: Tables, payment_id: Any) -> bool:
    return any(
        row["payment_id"] == payment_id and row["status"] == "open" for row in db.breaks.values()
    )


def _note_break(db: Tables, p: Params, payment: Row) -> Row:
    said = {
        name: _plain(p[f"opened_{name}"]) for name in ("kind", "needs_person", "ours", "theirs")
    }
    same = {name: payment[name] for name in ("acquirer_id", "merchant_id", "livemode")}
    return db.insert(
        "payments_break",
        id=p["opened_id"], payment_id=payment["id"], refund_id=p["opened_refund"],
        created_at=p["opened_at"], status="open", outcome="", resolution="", resolved_by="",
        **said, **same,
    )  # fmt: skip


@_plays(breaks._FLAGGED)
def _flagged(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.payments[p["flagged_id"]]
    row["has_open_break"] = True
    return [row]


@_plays(breaks._MENDED)
def _mended(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.breaks[p["mended_id"]]
    if not found["moved"] or row["status"] != "open":
        return []
    row.update(status="mended", outcome=p["mended_outcome"], ended_at=p["mended_at"])
    return [row]


@_plays(breaks._HAND_OVER)
def _hand_over(db: Tables, p: Params, found: Found) -> list[Row]:
    rows = [row for row in db.breaks.values() if row["payment_id"] == p["payment"]]
    for row in rows:
        row["needs_person"] = row["needs_person"] or row["status"] == "open"
    return rows


# --- the books ---


@_plays(accounts._MAKE)
def _make_account(db: Tables, p: Params, found: Found) -> list[Row]:
    return []


@_plays(posting._TRANSACTION.format(source="moved", n=""))
def _booked(db: Tables, p: Params, found: Found) -> list[Row]:
    names = {"id": "id", "kind": "kind", "cause_type": "cause_type", "cause_id": "cause_id"}
    values = {
        column: p[f"booked_{name}"] for name, column in (names | {"at": "created_at"}).items()
    }
    return [db.insert("ledger_transaction", **values) for _ in found["moved"]]


@_plays(posting._ENTRIES.format(n=""))
def _lines(db: Tables, p: Params, found: Found) -> list[Row]:
    lines = zip(
        p["lines_ids"], p["lines_accounts"], p["lines_amounts"], p["lines_currencies"], strict=True
    )
    return [
        db.insert(
            "ledger_entry",
            id=line_id, transaction_id=booked["id"], account_id=account, amount_minor=amount,
            currency=currency,
        )
        for booked in found["booked"]
        for line_id, account, amount, currency in lines
    ]  # fmt: skip


# --- notifications ---


@_plays(notice._FIND)
def _find_payment(db: Tables, p: Params, found: Found) -> list[Row]:
    columns = ("id", "merchant_id", "amount_minor", "currency")
    return [
        {name: row[name] for name in columns}
        for row in db.payments.values()
        if row["partner_trans_id"] == p["trans"]
    ]


@_plays(notice._KEEP)
def _keep_notice(db: Tables, p: Params, found: Found) -> list[Row]:
    said = {"payment_id": p["payment"], "trade_status": p["status"]}
    return [_count(db, "payments_notification", "notify_id", p["notify_id"], said)]


@_plays(refused_notice._KEEP)
def _keep_refused(db: Tables, p: Params, found: Found) -> list[Row]:
    said = {"payment_id": p["payment"], "reason": p["reason"]}
    return [_count(db, "payments_refusednotification", "digest", p["digest"], said)]


def _count(db: Tables, table: str, name: str, key: Any, said: Params) -> Row:
    row = db[table].get(key) or db.insert(table, **{name: key}, **said, times_received=0)
    row["times_received"] += 1
    return row


_IS_PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")


@_plays(notice._MAKE_DUE)
def _make_due(db: Tables, p: Params, found: Found) -> list[Row]:
    row = db.payments[p["payment"]]
    is_in_doubt = row["status"] not in ENDED
    is_paid = row["status"] in {Status.FAILED, Status.CANCELED} and p["status"] in _IS_PAID
    is_closed = row["status"] == Status.SUCCEEDED and p["status"] == "TRADE_CLOSED"
    is_left = row["refund_reserved_minor"] < row["amount_minor"]
    if not (is_in_doubt or is_paid or (is_closed and is_left)):
        return []
    row["due_at"] = p["now"]
    return [row]


@_plays(notice._MAKE_REFUND_DUE)
def _make_refund_due(db: Tables, p: Params, found: Found) -> list[Row]:
    rows = [row for row in db.refunds.values() if row["partner_refund_id"] == p["refund"]]
    due = [row for row in rows if row["status"] == "processing"]
    for row in due:
        row["due_at"] = p["now"]
    return due
