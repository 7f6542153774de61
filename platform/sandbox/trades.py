"""The rules of a trade: pay and query, its states, its three minutes (reference §2, 3.1, 3.2)."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from sqlite3 import Connection, Row

from sandbox import amounts, customers, notifications
from sandbox.clock import beijing_compact
from sandbox.faults import DECLINES, Active, plan
from sandbox.fields import is_store_key
from sandbox.readings import Readings

UNPAID_SECONDS = 180
WAIT, SUCCESS, CLOSED = "WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_CLOSED"
_NOBODY_CONFIRMS = ("never_confirms", "cancel_system_error_twice")
_PASSWORD_FAULTS = ("needs_password", "confirms_by_itself", *_NOBODY_CONFIRMS)
Fields = dict[str, str]


def failed(error: str, partner_trans_id: str = "", result: str = "FAILED") -> Fields:
    """A business answer with a reason."""
    return {"result_code": result, "error": error, "partner_trans_id": partner_trans_id}


def find_trade(rows: Connection, partner: str, partner_trans_id: str, now: datetime) -> Row | None:
    """The trade as it is now: one that nobody paid is closed by the time that has passed."""
    settle_time(rows, now)
    row: Row | None = rows.execute(
        "SELECT * FROM trade WHERE partner = ? AND partner_trans_id = ?",
        (partner, partner_trans_id),
    ).fetchone()
    return row


def code_of(rows: Connection, partner: str, partner_trans_id: str) -> str:
    """The payment code that a trade was made with; empty where there is no trade."""
    row = rows.execute(
        "SELECT code FROM trade WHERE partner = ? AND partner_trans_id = ?",
        (partner, partner_trans_id),
    ).fetchone()
    return row["code"] if row else ""


def settle_time(rows: Connection, now: datetime) -> None:
    """What the passing of time does: trades that confirm by themselves, trades that close."""
    moment = now.timestamp()
    # The state stands in the text, not in a parameter: only so is the partial index used.
    ready = rows.execute(
        "SELECT id, confirms_at FROM trade WHERE state = 'WAIT_BUYER_PAY' AND confirms_at <= ?"
        " AND closes_at > confirms_at",
        (moment,),
    ).fetchall()
    for row in ready:  # at its own moment, also when the clock has jumped far beyond it
        confirm(rows, row["id"], datetime.fromtimestamp(row["confirms_at"], UTC))
    rows.execute(
        "UPDATE trade SET state = ? WHERE state = 'WAIT_BUYER_PAY' AND closes_at <= ?",
        (CLOSED, moment),
    )


def pay(
    rows: Connection,
    partner: Row,
    request: Mapping[str, str],
    fault: Active,
    now: datetime,
    readings: Readings,
) -> Fields:
    """spot.pay: the fields of ``response/alipay``."""
    trans_id, code = request.get("partner_trans_id", ""), request.get("buyer_identity_code", "")
    extend = _read_extend_info(request.get("extend_info", ""))
    amount = amounts.read_amount(request.get("trans_amount", ""), request.get("currency", ""))
    if amount is None or request["currency"] not in currencies(partner):
        return failed("INVALID_PARAMETER", trans_id)
    if extend is None or not is_store_key(extend.get("secondary_merchant_id")):
        return failed("INVALID_PARAMETER", trans_id)
    if request.get("trans_currency") not in (None, "", request["currency"]):
        return failed("INVALID_PARAMETER", trans_id)  # no partner here has the contract for it
    if not _is_product(request, amount):
        return failed("INVALID_PARAMETER", trans_id)
    trade = find_trade(rows, partner["id"], trans_id, now)
    if trade is not None:
        return _repeated(rows, trade, code, amount, request["currency"], readings)
    if _was_cancelled(rows, partner["id"], trans_id):
        return failed("TRADE_HAS_CLOSE", trans_id)
    if not is_store_key(extend.get("store_id")):
        return failed(readings.no_store_error, trans_id)
    if fault.name in DECLINES:
        return failed(DECLINES[fault.name], trans_id)
    customer = customers.find_customer(rows, code, now)
    if customer is None:
        return failed("SOUNDWAVE_PARSER_FAIL", trans_id)
    return _create(rows, partner["id"], request, customer, amount, fault, now, readings)


def _create(
    rows: Connection,
    partner: str,
    request: Mapping[str, str],
    customer: Row,
    amount: int,
    fault: Active,
    now: datetime,
    readings: Readings,
) -> Fields:
    currency, trans_id = request["currency"], request["partner_trans_id"]
    asks = bool(customer["asks_password"]) or fault.name in _PASSWORD_FAULTS
    fen = amounts.to_fen(amount, currency, amounts.RATES[currency])
    if not asks and customer["balance_fen"] < fen:
        return failed("BUYER_BALANCE_NOT_ENOUGH", trans_id)
    trade_id = open_trade(
        rows,
        partner=partner,
        partner_trans_id=trans_id,
        customer_id=customer["id"],
        code=request["buyer_identity_code"],
        amount=amount,
        currency=currency,
        title=request.get("trans_name", ""),
        notify_url=request.get("notify_url", ""),
        details=request.get("extend_info", ""),
        now=now,
        confirms_after=fault.seconds if fault.name == "confirms_by_itself" else None,
        can_confirm=fault.name not in _NOBODY_CONFIRMS,
    )
    customers.use_code(rows, request["buyer_identity_code"], customer["id"], trans_id)
    if fault.name == "cancel_system_error_twice":
        plan(rows, "system_error", "cancel", trans_id, times=2)
    if asks:
        return _waiting(trade_id, trans_id, customer, readings)
    confirm(rows, trade_id, now)
    return describe(rows, trade_id) | {"result_code": "SUCCESS"}


def open_trade(
    rows: Connection,
    *,
    partner: str,
    partner_trans_id: str,
    customer_id: int,
    code: str,
    amount: int,
    currency: str,
    title: str,
    notify_url: str,
    details: str,
    now: datetime,
    pay_seconds: float = UNPAID_SECONDS,
    confirms_after: float | None = None,
    can_confirm: bool = True,
) -> str:
    """A new trade that waits for the customer; its id."""
    rate, moment = amounts.RATES[currency], now.timestamp()
    trade_id = f"{beijing_compact(now)[:8]}22001{secrets.randbelow(10**15):015d}"
    rows.execute(
        "INSERT INTO trade (id, partner, partner_trans_id, state, customer_id, code, amount_minor,"
        " currency, rate, cny_fen, title, notify_url, details, created_at, closes_at, confirms_at,"
        " can_confirm) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            trade_id,
            partner,
            partner_trans_id,
            WAIT,
            customer_id,
            code,
            amount,
            currency,
            rate,
            amounts.to_fen(amount, currency, rate),
            title,
            notify_url,
            details,
            moment,
            moment + pay_seconds,
            None if confirms_after is None else moment + confirms_after,
            can_confirm,
        ),
    )
    return trade_id


def _waiting(trade_id: str, trans_id: str, customer: Row, readings: Readings) -> Fields:
    return {
        "result_code": "UNKNOW",
        "error": readings.waiting_error,
        "partner_trans_id": trans_id,
        "alipay_trans_id": trade_id,
        "alipay_buyer_login_id": customer["login_id"],
        "alipay_buyer_user_id": customer["user_id"],
    }


def _repeated(
    rows: Connection, trade: Row, code: str, amount: int, currency: str, readings: Readings
) -> Fields:
    """The same id again: the trade's true state, never a second charge (§2.5, 7.3)."""
    trans_id = trade["partner_trans_id"]
    if (amount, currency) != (trade["amount_minor"], trade["currency"]):
        return failed("CONTEXT_INCONSISTENT", trans_id)
    if code != trade["code"]:
        return failed("TRADE_BUYER_NOT_MATCH", trans_id)
    if trade["state"] == SUCCESS:
        return describe(rows, trade["id"]) | {"result_code": "SUCCESS"}
    if trade["state"] == CLOSED:
        return failed("TRADE_HAS_CLOSE", trans_id)
    customer = rows.execute(
        "SELECT * FROM customer WHERE id = ?", (trade["customer_id"],)
    ).fetchone()
    return _waiting(trade["id"], trans_id, customer, readings)


def confirm(rows: Connection, trade_id: str, now: datetime) -> bool:
    """The customer pays: money and state move together. False if the balance is too small."""
    trade = rows.execute("SELECT * FROM trade WHERE id = ?", (trade_id,)).fetchone()
    if trade["state"] != WAIT or trade["closes_at"] <= now.timestamp():
        return False
    if not customers.move_money(rows, trade["customer_id"], -trade["cny_fen"]):
        return False
    rows.execute(
        "UPDATE trade SET state = ?, paid_at = ? WHERE id = ?", (SUCCESS, now.timestamp(), trade_id)
    )
    notifications.announce(rows, trade_id, "payByAccountAction", now)
    return True


def refuse(rows: Connection, trade_id: str, now: datetime) -> bool:
    """The customer does not want to pay: the trade closes."""
    done = rows.execute(
        "UPDATE trade SET state = ? WHERE id = ? AND state = ?", (CLOSED, trade_id, WAIT)
    )
    if done.rowcount == 1:
        notifications.announce(rows, trade_id, "closeTradeAction", now)
    return done.rowcount == 1


def query(
    rows: Connection, partner: Row, request: Mapping[str, str], now: datetime, readings: Readings
) -> Fields:
    """overseas.query: ``result_code`` is the query's, ``alipay_trans_status`` the trade's."""
    trade = None
    if request.get("alipay_trans_id"):
        settle_time(rows, now)
        trade = rows.execute(
            "SELECT * FROM trade WHERE partner = ? AND id = ?",
            (partner["id"], request["alipay_trans_id"]),
        ).fetchone()
    if trade is None and request.get("partner_trans_id"):
        trade = find_trade(rows, partner["id"], request["partner_trans_id"], now)
    if trade is None:
        return {"result_code": "FAIL", "error": readings.query_unknown_error}
    said = describe(rows, trade["id"])
    said |= {"result_code": "SUCCESS", "alipay_trans_status": trade["state"]}
    said |= {"out_trade_no": trade["partner_trans_id"], "trans_forex_rate": "1"}
    said |= {"forex_total_fee": said["trans_amount"]}
    if trade["given_back_fen"]:
        said |= {"refund_amount_cny": amounts.write_fen(trade["given_back_fen"])}
    return said


def describe(rows: Connection, trade_id: str) -> Fields:
    """The fields that pay and query share."""
    trade = rows.execute(
        "SELECT trade.*, login_id, user_id FROM trade JOIN customer"
        " ON customer.id = trade.customer_id WHERE trade.id = ?",
        (trade_id,),
    ).fetchone()
    paid = trade["paid_at"]
    return {
        "alipay_buyer_login_id": trade["login_id"],
        "alipay_buyer_user_id": trade["user_id"],
        "alipay_pay_time": beijing_compact(datetime.fromtimestamp(paid, UTC)) if paid else "",
        "alipay_trans_id": trade["id"],
        "currency": trade["currency"],
        "exchange_rate": trade["rate"],
        "partner_trans_id": trade["partner_trans_id"],
        "trans_amount": amounts.write_amount(trade["amount_minor"], trade["currency"]),
        "trans_amount_cny": amounts.write_fen(trade["cny_fen"]),
    }


def currencies(partner: Row) -> list[str]:
    """What the partner may use: its own list, else every currency."""
    listed: list[str] = json.loads(partner["currencies"])
    return listed or list(amounts.RATES)


def _read_extend_info(text: str) -> dict[str, str] | None:
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _is_product(request: Mapping[str, str], amount: int) -> bool:
    """If a quantity is told, price times quantity is the total (§2.1)."""
    quantity = request.get("quantity", "")
    if quantity == "":
        return True
    price = amounts.read_amount(request.get("price", ""), request["currency"])
    if price is None or not re.fullmatch(r"[1-9][0-9]{0,8}", quantity):
        return False
    return price * int(quantity) == amount


def _was_cancelled(rows: Connection, partner: str, trans_id: str) -> bool:
    found = rows.execute(
        "SELECT 1 FROM cancelled_unknown WHERE partner = ? AND partner_trans_id = ?",
        (partner, trans_id),
    ).fetchone()
    return found is not None
