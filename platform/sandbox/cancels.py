"""Cancel: three ways to SUCCESS, the Beijing day and its buffer (reference §3.3)."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from sqlite3 import Connection, Row

from sandbox import customers, notifications, presented
from sandbox.clock import BEIJING
from sandbox.readings import Readings
from sandbox.trades import CLOSED, WAIT, Fields, find_trade, settle_time

BUFFER = timedelta(minutes=15)


def cancel(
    rows: Connection, partner: Row, request: Mapping[str, str], now: datetime, readings: Readings
) -> Fields:
    """acquire.cancel: the fields of ``response/alipay``."""
    trans_id = request.get("out_trade_no", "")
    trade = _find(rows, partner["id"], request, now)
    if trade is None:
        if readings.tombstone and trans_id:
            rows.execute(
                "INSERT OR IGNORE INTO cancelled_unknown VALUES (?, ?)", (partner["id"], trans_id)
            )
        if readings.cancel_stops_code:
            presented.stop(rows, partner["id"], trans_id)
        return {"result_code": "SUCCESS", "retry_flag": "N", "out_trade_no": trans_id}
    named = {"out_trade_no": trade["partner_trans_id"], "trade_no": trade["id"]}
    if trade["state"] == WAIT:
        rows.execute("UPDATE trade SET state = ? WHERE id = ?", (CLOSED, trade["id"]))
        notifications.announce(rows, trade["id"], "closeTradeAction", now)
        return named | {"result_code": "SUCCESS", "retry_flag": "N", "action": "close"}
    if trade["refunded_minor"]:
        return named | _refused("REASON_TRADE_REFUND_FEE_ERR")
    if trade["state"] == CLOSED:
        action = "refund" if trade["paid_at"] else "close"
        return named | {"result_code": "SUCCESS", "retry_flag": "N", "action": action}
    if now >= window_closes_at(datetime.fromtimestamp(trade["created_at"], UTC)):
        return named | _refused("TRADE_CANCEL_TIME_OUT")
    customers.move_money(rows, trade["customer_id"], trade["cny_fen"])
    rows.execute(
        "UPDATE trade SET state = ?, given_back_fen = cny_fen, reversed_at = ? WHERE id = ?",
        (CLOSED, now.timestamp(), trade["id"]),
    )
    notifications.announce(rows, trade["id"], "reverseAction", now)
    return named | {"result_code": "SUCCESS", "retry_flag": "N", "action": "refund"}


def window_closes_at(created_at: datetime) -> datetime:
    """The end of the trade's Beijing day and a quarter of an hour."""
    day = created_at.astimezone(BEIJING).date() + timedelta(days=1)
    return datetime.combine(day, time.min, tzinfo=BEIJING) + BUFFER


def _find(rows: Connection, partner: str, request: Mapping[str, str], now: datetime) -> Row | None:
    if request.get("trade_no"):
        settle_time(rows, now)
        row: Row | None = rows.execute(
            "SELECT * FROM trade WHERE partner = ? AND id = ?", (partner, request["trade_no"])
        ).fetchone()
        return row
    return find_trade(rows, partner, request.get("out_trade_no", ""), now)


def _refused(code: str) -> Fields:
    return {
        "result_code": "FAIL",
        "retry_flag": "N",
        "detail_error_code": code,
        "detail_error_des": code.replace("_", " ").lower(),
    }
