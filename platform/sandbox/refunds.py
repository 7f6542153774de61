"""Refunds: sync and async, sums, idempotence, the night hours (reference §3.4, 3.5)."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from sqlite3 import Connection, Row

from sandbox import amounts, customers, notifications
from sandbox.clock import BEIJING, beijing_plain
from sandbox.readings import Readings
from sandbox.trades import CLOSED, SUCCESS, WAIT, Fields, failed, find_trade

_BLACKOUT_ENDS = time(1, 30)
_BATCH_BEGINS, _BATCH_ENDS = 23, 5  # hours in Beijing, for trades of an earlier day
ASYNC_DELAY_SECONDS = 2  # "soon after the request" for trades of the same day


def refund(
    rows: Connection, partner: Row, request: Mapping[str, str], now: datetime, readings: Readings
) -> Fields:
    """spot.refund: the fields of ``response/alipay``."""
    trans_id, refund_id = request.get("partner_trans_id", ""), request.get("partner_refund_id", "")
    trade = find_trade(rows, partner["id"], trans_id, now)
    if trade is None:
        return failed(readings.refund_unknown_error, trans_id)
    if request.get("currency") != trade["currency"]:
        return failed("CURRENCY_NOT_SAME", trans_id)
    amount = amounts.read_amount(request.get("refund_amount", ""), trade["currency"])
    is_sync = request.get("is_sync") or "N"
    if amount is None or refund_id == trans_id or is_sync not in ("Y", "N"):
        return failed("INVALID_PARAMETER", trans_id)
    before = _find(rows, partner["id"], refund_id)
    if before is not None:
        return _repeated(before, trade, amount)
    if is_sync == "Y" and now.astimezone(BEIJING).time() < _BLACKOUT_ENDS:
        return failed(readings.blackout_error, trans_id, readings.blackout_result)
    if trade["state"] != SUCCESS:
        reason = "TRADE_STATUS_ERROR" if trade["state"] == WAIT else "TRADE_HAS_CLOSE"
        return failed(reason, trans_id)
    if trade["refunded_minor"] + amount > trade["amount_minor"]:
        return failed("RETURN_AMOUNT_EXCEED", trans_id)
    return _record(rows, trade, request, amount, is_sync == "Y", now)


def _record(
    rows: Connection,
    trade: Row,
    request: Mapping[str, str],
    amount: int,
    is_sync: bool,
    now: datetime,
) -> Fields:
    fen = _price(rows, trade, amount)
    # Set aside at once, so that two asynchronous refunds never exceed the trade.
    rows.execute(
        "UPDATE trade SET refunded_minor = refunded_minor + ? WHERE id = ?", (amount, trade["id"])
    )
    rows.execute(
        "INSERT INTO refund (partner, partner_refund_id, trade_id, amount_minor, fen, state,"
        " notify_url, created_at) VALUES (?, ?, ?, ?, ?, 'PROCESSING', ?, ?)",
        (
            trade["partner"],
            request["partner_refund_id"],
            trade["id"],
            amount,
            fen,
            "" if is_sync else request.get("notify_url", ""),
            now.timestamp(),
        ),
    )
    recorded = _find(rows, trade["partner"], request["partner_refund_id"])
    assert recorded is not None  # noqa: S101 - inserted above
    if is_sync:
        give_back(rows, recorded, now)
    return _done(recorded, trade)


def _price(rows: Connection, trade: Row, amount: int) -> int:
    """The fen of a refund; the last one takes what rounding has left over or used up."""
    promised = rows.execute(
        "SELECT coalesce(sum(fen), 0) FROM refund WHERE trade_id = ?", (trade["id"],)
    ).fetchone()[0]
    left: int = trade["cny_fen"] - promised
    if trade["refunded_minor"] + amount == trade["amount_minor"]:
        return left
    return min(amounts.to_fen(amount, trade["currency"], trade["rate"]), left)


def give_back(rows: Connection, refund_row: Row, now: datetime) -> None:
    """The money goes back; when all of it has, the trade is closed."""
    trade = rows.execute("SELECT * FROM trade WHERE id = ?", (refund_row["trade_id"],)).fetchone()
    customers.move_money(rows, trade["customer_id"], refund_row["fen"])
    rows.execute(
        "UPDATE trade SET given_back_fen = given_back_fen + ? WHERE id = ?",
        (refund_row["fen"], trade["id"]),
    )
    rows.execute(
        "UPDATE refund SET state = 'SUCCESS', given_back_at = ? WHERE id = ?",
        (now.timestamp(), refund_row["id"]),
    )
    open_ones = rows.execute(
        "SELECT 1 FROM refund WHERE trade_id = ? AND state = 'PROCESSING'", (trade["id"],)
    ).fetchone()
    if trade["refunded_minor"] == trade["amount_minor"] and open_ones is None:
        rows.execute("UPDATE trade SET state = ? WHERE id = ?", (CLOSED, trade["id"]))
    if refund_row["notify_url"]:
        notifications.announce_refund(rows, refund_row, now)


def run_batch(rows: Connection, now: datetime) -> None:
    """Give back what was recorded asynchronously a while ago.

    Refunds of the trade's own Beijing day run soon after the request, those of an older trade
    only in the night batch (§3.4).
    """
    day_began = datetime.combine(now.astimezone(BEIJING).date(), time.min, tzinfo=BEIJING)
    hour = now.astimezone(BEIJING).hour
    is_night = hour >= _BATCH_BEGINS or hour < _BATCH_ENDS
    due = rows.execute(
        "SELECT refund.* FROM refund JOIN trade ON trade.id = trade_id"
        " WHERE refund.state = 'PROCESSING' AND refund.created_at <= ?"
        " AND (? OR trade.created_at >= ?) ORDER BY refund.created_at LIMIT 100",
        (now.timestamp() - ASYNC_DELAY_SECONDS, is_night, day_began.timestamp()),
    ).fetchall()
    for row in due:
        give_back(rows, row, now)


def query_refund(
    rows: Connection, partner: Row, request: Mapping[str, str], now: datetime
) -> Fields:
    """refund.query: a code about the query, another about the refund."""
    run_batch(rows, now)
    trade = find_trade(rows, partner["id"], request.get("out_trade_no", ""), now)
    if trade is None:
        return {"response_code": "TRADE_NOT_EXIST"}
    row = _find(rows, partner["id"], request.get("out_return_no", ""))
    if row is None or row["trade_id"] != trade["id"]:
        return {"response_code": "NOT_FOUND"}
    return {
        "response_code": "SUCCESS",
        "refund_result_code": row["state"],
        "out_trade_no": trade["partner_trans_id"],
        "out_return_no": row["partner_refund_id"],
        "trade_no": trade["id"],
        "gmt_create": beijing_plain(datetime.fromtimestamp(row["created_at"], UTC)),
    }


def _repeated(before: Row, trade: Row, amount: int) -> Fields:
    if before["trade_id"] != trade["id"] or before["amount_minor"] != amount:
        return failed("REPEATED_REFUNDMENT_REQUEST", trade["partner_trans_id"])
    return _done(before, trade)


def _done(row: Row, trade: Row) -> Fields:
    return {
        "result_code": "SUCCESS",
        "partner_trans_id": trade["partner_trans_id"],
        "alipay_trans_id": trade["id"],
        "partner_refund_id": row["partner_refund_id"],
        "refund_amount": amounts.write_amount(row["amount_minor"], trade["currency"]),
        "currency": trade["currency"],
        "exchange_rate": trade["rate"],
        "refund_amount_cny": amounts.write_fen(row["fen"]),
    }


def _find(rows: Connection, partner: str, refund_id: str) -> Row | None:
    row: Row | None = rows.execute(
        "SELECT * FROM refund WHERE partner = ? AND partner_refund_id = ?", (partner, refund_id)
    ).fetchone()
    return row
