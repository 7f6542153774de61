"""The books of a partner: counts and sums per state and currency, and the customers' money."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import trades
from sandbox.clock import BEIJING
from sandbox.control.body import day
from sandbox.gateway import Gateway
from sandbox.storage import Storage

_ALWAYS = (0.0, 1e12)
_TRADES = (
    "SELECT state, currency, count(*) AS n, sum(amount_minor) AS m FROM trade"
    " WHERE (?1 = '' OR partner = ?1) AND created_at >= ?2 AND created_at < ?3"
    " GROUP BY state, currency"
)
_REFUNDS = (
    "SELECT state, count(*) AS n, sum(amount_minor) AS m FROM refund"
    " WHERE (?1 = '' OR partner = ?1) AND created_at >= ?2 AND created_at < ?3 GROUP BY state"
)
_MONEY = (
    "SELECT coalesce(sum(CASE WHEN paid_at IS NULL THEN 0 ELSE cny_fen END), 0) AS taken,"
    " coalesce(sum(given_back_fen), 0) AS given FROM trade"
    " WHERE (?1 = '' OR partner = ?1) AND created_at >= ?2 AND created_at < ?3"
)


def add(pages: Blueprint, gateway: Gateway) -> None:
    """/books."""

    @pages.get("/books")
    def get_books() -> Response:
        asked = request.args.get("day")
        since, until = _bounds(asked) if asked else _ALWAYS
        with gateway.storage.writing() as rows:
            trades.settle_time(rows, gateway.clock.now())
        return jsonify(books(gateway.storage, request.args.get("partner", ""), since, until))


def books(storage: Storage, partner: str, since: float, until: float) -> dict[str, Any]:
    """Everything created in ``since <= t < until`` (epoch seconds); an empty partner is all.

    ``money_given_back_fen`` is what the wallets have: refunds still under way are not in it.
    """
    scope = (partner, since, until)
    sums: dict[str, dict[str, dict[str, int]]] = {}
    for row in storage.all(_TRADES, *scope):
        total = {"count": row["n"], "amount_minor": row["m"]}
        sums.setdefault(row["state"], {})[row["currency"]] = total
    refunds = {
        row["state"]: {"count": row["n"], "amount_minor": row["m"]}
        for row in storage.all(_REFUNDS, *scope)
    }
    money = storage.all(_MONEY, *scope)[0]
    return {
        "trades": sums,
        "refunds": refunds,
        "money_taken_fen": money["taken"],
        "money_given_back_fen": money["given"],
    }


def _bounds(asked: str) -> tuple[float, float]:
    start = datetime.combine(day(asked), time.min, tzinfo=BEIJING)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()
