"""Notifications: written with the change they tell of, sent until acknowledged (§3.6)."""

import json
import logging
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from sqlite3 import Connection, Row

import requests

from sandbox import amounts, faults
from sandbox.clock import SandboxClock, beijing_plain
from sandbox.signing import sign, signed_text
from sandbox.storage import Storage

# Gaps between the eight tries, in seconds: in all about 25 h.
LADDER = (120, 600, 600, 3600, 7200, 21600, 54000)
_SENDERS = 16
_TIME_LIMIT_SECONDS = 5
_log = logging.getLogger(__name__)
_ANSWER_LIMIT = 64  # bytes read of an answer; seven are asked for


def announce(rows: Connection, trade_id: str, action: str, now: datetime) -> None:
    """Queue the notification of a trade's change of state."""
    trade = rows.execute(
        "SELECT trade.*, login_id, user_id FROM trade JOIN customer"
        " ON customer.id = trade.customer_id WHERE trade.id = ?",
        (trade_id,),
    ).fetchone()
    fields = _common(trade, now) | {"notify_action_type": action, "trade_status": trade["state"]}
    if action == "reverseAction":
        fields |= {"refund_fee": fields["total_fee"]}
    _queue(rows, trade["partner"], trade["notify_url"], fields, now)


def announce_refund(rows: Connection, refund: Row, now: datetime) -> None:
    """Queue the notification of an asynchronous refund that was given back."""
    trade = rows.execute(
        "SELECT trade.*, login_id, user_id FROM trade JOIN customer"
        " ON customer.id = trade.customer_id WHERE trade.id = ?",
        (refund["trade_id"],),
    ).fetchone()
    fields = _common(trade, now) | {
        "notify_action_type": "refundFPAction",
        "trade_status": trade["state"],
        "out_biz_no": refund["partner_refund_id"],
        "refund_fee": amounts.write_amount(refund["amount_minor"], trade["currency"]),
    }
    _queue(rows, trade["partner"], refund["notify_url"], fields, now)


def _common(trade: Row, now: datetime) -> dict[str, str]:
    paid = trade["paid_at"]
    return {
        "notify_time": beijing_plain(now),
        "notify_type": "trade_status_sync",
        "notify_id": secrets.token_hex(17),
        "out_trade_no": trade["partner_trans_id"],
        "trade_no": trade["id"],
        "subject": trade["title"],
        "total_fee": amounts.write_amount(trade["amount_minor"], trade["currency"]),
        "currency": trade["currency"],
        "seller_id": trade["partner"],
        "buyer_id": trade["user_id"],
        "buyer_email": trade["login_id"],
        "gmt_create": beijing_plain(datetime.fromtimestamp(trade["created_at"], UTC)),
        "gmt_payment": beijing_plain(datetime.fromtimestamp(paid, UTC)) if paid else "",
    }


def _queue(rows: Connection, partner: str, url: str, fields: dict[str, str], now: datetime) -> None:
    if url:
        rows.execute(
            "INSERT INTO notification (notify_id, partner, url, fields, due_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (fields["notify_id"], partner, url, json.dumps(fields), now.timestamp()),
        )


def is_genuine(storage: Storage, partner: str, notify_id: str) -> bool:
    """notify_verify: whether this is an unacknowledged notification of ours."""
    found = storage.one(
        "SELECT 1 FROM notification WHERE partner = ? AND notify_id = ?"
        " AND acknowledged_at IS NULL",
        partner,
        notify_id,
    )
    return found is not None


class Sender:
    """A thread that sends what is due; what it had not finished is due again after a restart."""

    def __init__(self, storage: Storage, clock: SandboxClock, tick_seconds: float = 0.2) -> None:
        self._storage, self._clock, self._tick = storage, clock, tick_seconds
        self._stop = threading.Event()
        self._free = threading.Semaphore(_SENDERS)
        self._pool = ThreadPoolExecutor(_SENDERS, thread_name_prefix="notify")
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the tries under way, then end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_TIME_LIMIT_SECONDS * 2)
        self._pool.shutdown()

    def _run(self) -> None:
        while not self._stop.wait(self._tick):
            # Slow receivers hold their sender, and never the others or the trades' own time.
            while self._free.acquire(blocking=False):
                row = self._take_due(self._clock.now())
                if row is None:
                    self._free.release()
                    break
                self._pool.submit(self._send_and_free, row)

    def _send_and_free(self, row: Row) -> None:
        try:
            self.send(row)
        except Exception:  # noqa: BLE001 - the outermost line of a sender
            _log.exception("notification %s is left to its next try", row["notify_id"])
        finally:
            self._free.release()

    def _take_due(self, now: datetime) -> Row | None:
        """A row that is due. It is moved to its next try first: nobody else sends this one."""
        with self._storage.writing() as rows:
            row: Row | None = rows.execute(
                "SELECT * FROM notification WHERE due_at <= ? ORDER BY due_at, id LIMIT 1",
                (now.timestamp(),),
            ).fetchone()
            if row is not None:
                gap = LADDER[row["sent"]] if row["sent"] < len(LADDER) else None
                rows.execute(
                    "UPDATE notification SET sent = sent + 1, due_at = ? WHERE id = ?",
                    (None if gap is None else now.timestamp() + gap, row["id"]),
                )
        return row

    def send(self, row: Row) -> None:
        """One try of a notification, with the fault that was planned for it or its trade."""
        fields = json.loads(row["fields"])
        fault = self._fault(row["partner"], fields["out_trade_no"], row["sent"])
        if fault == "notification_lost":
            return
        for _ in range(2 if fault == "duplicate_notification" else 1):
            if self._post(row["partner"], row["url"], fields, is_bad=fault == "bad_signature"):
                with self._storage.writing() as rows:
                    rows.execute(
                        "UPDATE notification SET acknowledged_at = ?, due_at = NULL WHERE id = ?",
                        (self._clock.now().timestamp(), row["id"]),
                    )

    def _fault(self, partner: str, partner_trans_id: str, tries: int) -> str:
        with self._storage.writing() as rows:
            trade = rows.execute(
                "SELECT code FROM trade WHERE partner = ? AND partner_trans_id = ?",
                (partner, partner_trans_id),
            ).fetchone()
            code = trade["code"] if trade else ""
            chosen = faults.choose(rows, "notify", partner_trans_id, code, "").name
        magic = faults.magic_fault(code)
        is_of_code = magic is not None and magic.name == chosen
        return "none" if is_of_code and tries > 0 else chosen

    def _post(self, partner: str, url: str, fields: dict[str, str], *, is_bad: bool) -> bool:
        row = self._storage.one("SELECT * FROM partner WHERE id = ?", partner)
        key = self._storage.one("SELECT private_pem FROM own_key")
        if row is None or key is None:
            return False
        said = {name: value for name, value in fields.items() if value != ""}
        said["notify_time"] = beijing_plain(self._clock.now())
        text = signed_text(said) + ("!" if is_bad else "")
        signature = sign(
            text, row["sign_type"], private_pem=key["private_pem"], md5_key=row["md5_key"]
        )
        return _is_acknowledged(url, said | {"sign_type": row["sign_type"], "sign": signature})


def _is_acknowledged(url: str, form: dict[str, str]) -> bool:
    """Post it; True for HTTP 200 with exactly ``success`` (§3.6)."""
    with requests.Session() as session:
        session.trust_env = False  # a proxy of this machine is not for the platform beside us
        try:
            with session.post(
                url, data=form, timeout=_TIME_LIMIT_SECONDS, allow_redirects=False, stream=True
            ) as answer:
                said = next(answer.iter_content(_ANSWER_LIMIT), b"")
                return answer.status_code == 200 and said == b"success"
        except (requests.RequestException, ValueError):  # ValueError: what is no address at all
            return False
