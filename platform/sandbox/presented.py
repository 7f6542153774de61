"""Orders whose code a till shows: precreated, scanned by a customer, and then a trade (§4)."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from sqlite3 import Connection, Row

from sandbox import amounts, trades
from sandbox.clock import BEIJING
from sandbox.fields import is_store_key
from sandbox.readings import Readings

CODE_ADDRESS = "https://qr.alipay.com/"
_PICTURE = "https://mobilecodec.alipay.com/show.htm?code="
_SIZES = {"small_pic_url": "S", "pic_url": "M", "big_pic_url": "L"}
_LIFETIME = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_LONGEST_SECONDS = 15 * 86400
_CODE_SECONDS = 7200  # of a code whose order says nothing


class ScanError(ValueError):
    """The wallet cannot open this code; the text says why."""


def precreate(
    rows: Connection, partner: Row, request: Mapping[str, str], now: datetime, readings: Readings
) -> trades.Fields:
    """acquire.precreate: the fields of ``response/alipay``; no trade yet, and no customer."""
    trans_id = request["out_trade_no"]
    amount = amounts.read_amount(request["total_fee"], request["currency"])
    if amount is None or request["currency"] not in trades.currencies(partner):
        return _failed("INVALID_PARAMETER", trans_id)
    shop = _read_shop(request.get("extend_params", ""))
    if shop is None or not is_store_key(shop.get("secondary_merchant_id")):
        return _failed("INVALID_PARAMETER", trans_id)
    if not is_store_key(shop.get("store_id")):
        return _failed(readings.no_store_error, trans_id)
    pay_seconds = lifetime(request.get("it_b_pay", ""), now, trades.UNPAID_SECONDS)
    code_seconds = lifetime(request.get("qr_code_it_b_pay", ""), now, _CODE_SECONDS)
    if pay_seconds is None or code_seconds is None:
        return _failed("INVALID_PARAMETER", trans_id)
    if _is_known(rows, partner["id"], trans_id, now):
        return _failed("TRADE_STATUS_ERROR", trans_id)
    key = f"bax{secrets.randbelow(10**5):05d}{secrets.token_hex(8)}"
    rows.execute(
        "INSERT INTO presented (qr_code, partner, partner_trans_id, amount_minor, currency, title,"
        " notify_url, details, pay_seconds, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            CODE_ADDRESS + key,
            partner["id"],
            trans_id,
            amount,
            request["currency"],
            request["subject"],
            request["notify_url"],
            request["extend_params"],
            pay_seconds,
            now.timestamp() + code_seconds,
        ),
    )
    pictures = {name: f"{_PICTURE}{key}&picSize={size}" for name, size in _SIZES.items()}
    said = {"result_code": "SUCCESS", "out_trade_no": trans_id, "voucher_type": "qrcode"}
    return said | pictures | {"qr_code": CODE_ADDRESS + key}


def scan(rows: Connection, customer_id: int, qr_code: str, now: datetime) -> str:
    """The customer scans a till's code: the id of the trade that now waits for a yes.

    The same customer may scan again. Raises ScanError for a code that is unknown, over, stopped,
    or somebody else's bill already.
    """
    trades.settle_time(rows, now)
    order = rows.execute("SELECT * FROM presented WHERE qr_code = ?", (qr_code,)).fetchone()
    if order is None:
        raise ScanError("this is no code of a till here")
    known = trades.find_trade(rows, order["partner"], order["partner_trans_id"], now)
    if known is not None:
        if known["customer_id"] != customer_id or known["code"] != qr_code:
            raise ScanError("somebody else has scanned this code")
        return str(known["id"])
    if order["is_stopped"]:
        raise ScanError("the shop has cancelled this order")
    if order["expires_at"] <= now.timestamp():
        raise ScanError("this code is over")
    return trades.open_trade(
        rows,
        partner=order["partner"],
        partner_trans_id=order["partner_trans_id"],
        customer_id=customer_id,
        code=qr_code,
        amount=order["amount_minor"],
        currency=order["currency"],
        title=order["title"],
        notify_url=order["notify_url"],
        details=order["details"],
        now=now,
        pay_seconds=order["pay_seconds"],
    )


def stop(rows: Connection, partner: str, partner_trans_id: str) -> None:
    """The order was cancelled before anybody scanned it: its code opens nothing any more."""
    rows.execute(
        "UPDATE presented SET is_stopped = 1 WHERE partner = ? AND partner_trans_id = ?",
        (partner, partner_trans_id),
    )


def lifetime(text: str, now: datetime, default_seconds: int) -> float | None:
    """Seconds of ``5m``, ``2h``, ``1d`` or ``1c`` (to the end of Beijing's day); None: no such."""
    if text == "":
        return default_seconds
    if text == "1c":
        tomorrow = now.astimezone(BEIJING).date() + timedelta(days=1)
        return (datetime.combine(tomorrow, time.min, tzinfo=BEIJING) - now).total_seconds()
    found = _LIFETIME.fullmatch(text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    return seconds if 60 <= seconds <= _LONGEST_SECONDS else None


def _is_known(rows: Connection, partner: str, trans_id: str, now: datetime) -> bool:
    """A repeat is not the same order again: it needs an id of its own (§4)."""
    found = rows.execute(
        "SELECT 1 FROM presented WHERE partner = ? AND partner_trans_id = ?", (partner, trans_id)
    ).fetchone()
    return found is not None or trades.find_trade(rows, partner, trans_id, now) is not None


def _read_shop(text: str) -> dict[str, str] | None:
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _failed(reason: str, trans_id: str) -> trades.Fields:
    words = reason.replace("_", " ").lower()
    return {
        "result_code": "FAIL",
        "detail_error_code": reason,
        "detail_error_des": words,
        "out_trade_no": trans_id,
    }
