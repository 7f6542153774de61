"""The control API: partners, customers, trades, faults, the clock, the books. JSON in and out."""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from sqlite3 import Row
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import customers, faults, signing, trades
from sandbox.amounts import RATES
from sandbox.clock import BEIJING
from sandbox.gateway import Gateway
from sandbox.storage import TABLES

PAGE_LIMIT = 500


class BadRequest(ValueError):
    """What is wrong with the request, in a sentence."""


def control(gateway: Gateway) -> Blueprint:
    """The routes below /control."""
    pages = Blueprint("control", __name__, url_prefix="/control")
    storage, clock = gateway.storage, gateway.clock

    @pages.errorhandler(BadRequest)
    @pages.errorhandler(customers.CustomerError)
    def _refuse(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    @pages.get("/health")
    def health() -> Response:
        return jsonify(status="ok", now=clock.now().isoformat())

    @pages.put("/partners/<partner>")
    def put_partner(partner: str) -> Response:
        body = _body("sign_type", "public_key", "md5_key", "currencies", "is_active")
        if len(partner) != 16 or not partner.isdigit():
            raise BadRequest("a partner id has 16 digits")
        sign_type = body.get("sign_type", "RSA2")
        if sign_type not in signing.SIGN_TYPES:
            raise BadRequest(f"sign_type is one of {', '.join(signing.SIGN_TYPES)}")
        public_key, md5_key = body.get("public_key") or "", body.get("md5_key") or ""
        if sign_type == "MD5" and not md5_key:
            raise BadRequest("MD5 needs md5_key")
        if sign_type != "MD5":
            _check_key(public_key)
        currencies = body.get("currencies") or []
        if not isinstance(currencies, list) or set(currencies) - set(RATES):
            raise BadRequest(f"currencies is a list of {', '.join(RATES)}")
        with storage.writing() as rows:
            rows.execute(
                "INSERT OR REPLACE INTO partner VALUES (?, ?, ?, ?, ?, ?)",
                (
                    partner,
                    sign_type,
                    public_key,
                    md5_key,
                    json.dumps(currencies),
                    bool(body.get("is_active", True)),
                ),
            )
        return jsonify(partner=partner, alipay_public_key=gateway.public_key)

    @pages.get("/partners/<partner>")
    def get_partner(partner: str) -> tuple[Response, int]:
        row = storage.one("SELECT * FROM partner WHERE id = ?", partner)
        if row is None:
            return jsonify(error=f"no partner {partner}"), 404
        shown = {name: row[name] for name in ("id", "sign_type", "public_key", "is_active")}
        return jsonify(shown | {"alipay_public_key": gateway.public_key}), 200

    @pages.post("/customers")
    def post_customer() -> tuple[Response, int]:
        body = _body("name", "balance_fen", "asks_password")
        balance = body.get("balance_fen", 0)
        if not isinstance(balance, int) or isinstance(balance, bool) or not 0 <= balance <= 10**14:
            raise BadRequest("balance_fen is a whole number of fen, not below zero")
        name = body.get("name")
        if not isinstance(name, str) or not 1 <= len(name) <= 64:
            raise BadRequest("name has 1 to 64 characters")
        with storage.writing() as rows:
            customer_id = customers.create_customer(
                rows,
                name=name,
                balance_fen=balance,
                asks_password=bool(body.get("asks_password", False)),
            )
        return jsonify(_customer(customer_id)), 201

    def _customer(customer_id: int) -> dict[str, Any]:
        row = storage.one("SELECT * FROM customer WHERE id = ?", customer_id)
        if row is None:
            raise BadRequest(f"no customer {customer_id}")
        return dict(row) | {"asks_password": bool(row["asks_password"])}

    @pages.get("/customers")
    def get_customers() -> Response:
        rows = storage.all("SELECT * FROM customer ORDER BY id DESC LIMIT ?", PAGE_LIMIT)
        return jsonify(data=[dict(row) for row in rows])

    @pages.get("/customers/<int:customer_id>")
    def get_customer(customer_id: int) -> Response:
        return jsonify(_customer(customer_id))

    @pages.post("/customers/<int:customer_id>/codes")
    def post_code(customer_id: int) -> tuple[Response, int]:
        digits = _body("digits").get("digits", 18)
        if not isinstance(digits, int):
            raise BadRequest("digits is 16 to 24")
        with storage.writing() as rows:
            code, expires_at = customers.show_code(
                rows, customer_id, digits=digits, now=clock.now()
            )
        return jsonify(code=code, expires_at=_time(expires_at)), 201

    @pages.post("/codes")
    def post_magic_code() -> tuple[Response, int]:
        name = _body("fault").get("fault", "none")
        if name not in faults.FAULTS:
            raise BadRequest(f"fault is one of {', '.join(faults.FAULTS)}")
        free = "".join(str(secrets.randbelow(10)) for _ in range(12))
        return jsonify(code=faults.MAGIC_PREFIX + faults.FAULTS[name].number + free), 201

    @pages.get("/trades")
    def get_trades() -> Response:
        now = clock.now()
        with storage.writing() as rows:
            trades.settle_time(rows, now)
        limit = min(int(request.args.get("limit", 100)), PAGE_LIMIT)
        found = storage.all(
            "SELECT * FROM trade WHERE (?1 = '' OR partner = ?1) AND id > ?2 ORDER BY id LIMIT ?3",
            request.args.get("partner", ""),
            request.args.get("after", ""),
            limit,
        )
        return jsonify(data=[_trade(row) for row in found], has_more=len(found) == limit)

    @pages.get("/trades/<partner>/<trans_id>")
    def get_trade(partner: str, trans_id: str) -> tuple[Response, int]:
        with storage.writing() as rows:
            row = trades.find_trade(rows, partner, trans_id, clock.now())
        calls = storage.all(
            "SELECT * FROM call WHERE partner = ? AND partner_trans_id = ? ORDER BY id",
            partner,
            trans_id,
        )
        shown = [
            {
                "service": call["service"],
                "at": _time(call["at"]),
                "answer": call["answer"],
                "extend_info": call["details"],
            }
            for call in calls
        ]
        if row is None:
            return jsonify(error="no such trade", calls=shown), 404
        return jsonify(_trade(row) | {"calls": shown}), 200

    def _act(partner: str, trans_id: str, act: Callable[..., bool]) -> tuple[Response, int]:
        now = clock.now()
        with storage.writing() as rows:
            row = trades.find_trade(rows, partner, trans_id, now)
            if row is None:
                raise BadRequest("no such trade")
            if act is trades.confirm and not row["can_confirm"]:
                return jsonify(error="nobody can confirm this one"), 409
            if not act(rows, row["id"], now):
                return jsonify(error=f"the trade is {row['state']}, or too little money"), 409
        return get_trade(partner, trans_id)

    @pages.post("/trades/<partner>/<trans_id>/confirm")
    def confirm(partner: str, trans_id: str) -> tuple[Response, int]:
        return _act(partner, trans_id, trades.confirm)

    @pages.post("/trades/<partner>/<trans_id>/refuse")
    def refuse(partner: str, trans_id: str) -> tuple[Response, int]:
        return _act(partner, trans_id, trades.refuse)

    @pages.get("/books")
    def get_books() -> Response:
        partner = request.args.get("partner", "")
        day = request.args.get("day")
        since, until = _day(day) if day else (0.0, 1e12)
        with storage.writing() as rows:
            trades.settle_time(rows, clock.now())
        return jsonify(books(storage.all, partner, since, until))

    @pages.post("/faults")
    def post_fault() -> tuple[Response, int]:
        body = _body(
            "fault", "service", "partner_trans_id", "payment_code", "probability", "seed",
            "times", "seconds",
        )  # fmt: skip
        if body.get("fault") not in faults.FAULTS:
            raise BadRequest(f"fault is one of {', '.join(faults.FAULTS)}")
        if body.get("service", "*") not in faults.SERVICES:
            raise BadRequest(f"service is one of {', '.join(faults.SERVICES)}")
        with storage.writing() as rows:
            made = rows.execute(
                "INSERT INTO fault (name, service, partner_trans_id, payment_code, times,"
                " probability, seed, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    body["fault"],
                    body.get("service", "*"),
                    body.get("partner_trans_id"),
                    body.get("payment_code"),
                    body.get("times"),
                    float(body.get("probability", 1)),
                    int(body.get("seed", 0)),
                    body.get("seconds"),
                ),
            )
        return jsonify(id=made.lastrowid), 201

    @pages.get("/faults")
    def get_faults() -> Response:
        return jsonify(data=[dict(row) for row in storage.all("SELECT * FROM fault ORDER BY id")])

    @pages.delete("/faults", defaults={"fault_id": None})
    @pages.delete("/faults/<int:fault_id>")
    def delete_fault(fault_id: int | None) -> Response:
        with storage.writing() as rows:
            done = rows.execute("DELETE FROM fault WHERE ?1 IS NULL OR id = ?1", (fault_id,))
        return jsonify(deleted=done.rowcount)

    @pages.post("/clock")
    def post_clock() -> Response:
        body = _body("now", "advance_seconds", "reset")
        if "now" in body:
            clock.set(_moment(body["now"]))
        elif "advance_seconds" in body:
            clock.advance(float(body["advance_seconds"]))
        elif body.get("reset"):
            clock.reset()
        else:
            raise BadRequest("say now, advance_seconds or reset")
        return jsonify(now=clock.now().isoformat())

    @pages.post("/reset")
    def post_reset() -> Response:
        clock.reset()
        with storage.writing() as rows:
            for table in TABLES:
                rows.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this program
        return jsonify(status="empty")

    return pages


def books(
    read: Callable[..., list[Row]], partner: str, since: float, until: float
) -> dict[str, Any]:
    """What the sandbox holds of a partner: counts and sums per state and currency, money."""
    scope = (partner, since, until)
    where = "WHERE (?1 = '' OR partner = ?1) AND created_at >= ?2 AND created_at < ?3"
    sums: dict[str, dict[str, dict[str, int]]] = {}
    for row in read(
        f"SELECT state, currency, count(*) AS n, sum(amount_minor) AS m"  # noqa: S608
        f" FROM trade {where} GROUP BY state, currency",
        *scope,
    ):
        sums.setdefault(row["state"], {})[row["currency"]] = {
            "count": row["n"],
            "amount_minor": row["m"],
        }
    refunds: dict[str, dict[str, int]] = {}
    for row in read(
        f"SELECT state, count(*) AS n, sum(amount_minor) AS m"  # noqa: S608
        f" FROM refund {where} GROUP BY state",
        *scope,
    ):
        refunds[row["state"]] = {"count": row["n"], "amount_minor": row["m"]}
    money = read(
        f"""SELECT coalesce(sum(CASE WHEN paid_at IS NULL THEN 0 ELSE cny_fen END), 0) AS taken,
                   coalesce(sum(given_back_fen), 0) AS given
              FROM trade {where}""",  # noqa: S608
        *scope,
    )[0]
    return {
        "trades": sums,
        "refunds": refunds,
        "money_taken_fen": money["taken"],
        "money_given_back_fen": money["given"],
    }


def _trade(row: Row) -> dict[str, Any]:
    return {
        "partner": row["partner"],
        "partner_trans_id": row["partner_trans_id"],
        "alipay_trans_id": row["id"],
        "state": row["state"],
        "customer": row["customer_id"],
        "amount_minor": row["amount_minor"],
        "currency": row["currency"],
        "refunded_minor": row["refunded_minor"],
        "money_taken_fen": row["cny_fen"] if row["paid_at"] else 0,
        "money_given_back_fen": row["given_back_fen"],
        "created_at": _time(row["created_at"]),
        "closes_at": _time(row["closes_at"]),
        "paid_at": _time(row["paid_at"]) if row["paid_at"] else None,
    }


def _body(*known: str) -> dict[str, Any]:
    body = request.get_json(silent=True)
    if body is None:
        if request.get_data():
            raise BadRequest("the body is not JSON")
        body = {}
    if not isinstance(body, dict):
        raise BadRequest("the body is a JSON object")
    unknown = set(body) - set(known)
    if unknown:
        raise BadRequest(f"no such field: {', '.join(sorted(unknown))}")
    return body


def _check_key(text: str) -> None:
    try:
        signing.check_public_key(text)
    except ValueError as error:
        raise BadRequest(f"public_key cannot be read: {error}") from None


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise BadRequest("now is RFC 3339 with a zone") from None
    if moment.tzinfo is None:
        raise BadRequest("now needs a zone")
    return moment.astimezone(UTC)


def _day(text: str) -> tuple[float, float]:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date
    except ValueError:
        raise BadRequest("day is YYYY-MM-DD") from None
    start = datetime.combine(day, time.min, tzinfo=BEIJING)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()
