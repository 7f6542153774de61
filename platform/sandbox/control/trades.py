"""Trades as Alipay sees them, with every call about them; a customer's yes or no."""

from collections.abc import Callable
from sqlite3 import Row
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import trades
from sandbox.control.body import NotFound, asked_whole, shown_time
from sandbox.gateway import Gateway
from sandbox.storage import Storage

PAGE_LIMIT = 500
_PAGE = (
    "SELECT * FROM trade WHERE (?1 = '' OR partner = ?1)"
    " AND (?2 = '' OR partner_trans_id = ?2) AND id > ?3 ORDER BY id LIMIT ?4"
)


def add(pages: Blueprint, gateway: Gateway) -> None:
    """The routes below /trades."""
    storage, clock = gateway.storage, gateway.clock

    @pages.get("/trades")
    def get_trades() -> Response:
        limit = asked_whole("limit", 100, 1, PAGE_LIMIT)
        with storage.writing() as rows:
            trades.settle_time(rows, clock.now())
        wanted = [request.args.get(name, "") for name in ("partner", "partner_trans_id", "after")]
        found = storage.all(_PAGE, *wanted, limit + 1)
        return jsonify(data=[_shown(row) for row in found[:limit]], has_more=len(found) > limit)

    @pages.get("/trades/<partner>/<trans_id>")
    def get_trade(partner: str, trans_id: str) -> tuple[Response, int]:
        with storage.writing() as rows:
            row = trades.find_trade(rows, partner, trans_id, clock.now())
        calls = _calls(storage, partner, trans_id)
        if row is None:
            return jsonify(error="no such trade", calls=calls), 404
        return jsonify(_shown(row) | {"calls": calls}), 200

    def _act(partner: str, trans_id: str, act: Callable[..., bool]) -> tuple[Response, int]:
        now = clock.now()
        with storage.writing() as rows:
            row = trades.find_trade(rows, partner, trans_id, now)
            if row is None:
                raise NotFound("no such trade")
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


def _calls(storage: Storage, partner: str, trans_id: str) -> list[dict[str, Any]]:
    """The calls about one trade, oldest first; of very many, the first."""
    rows = storage.all(
        "SELECT * FROM call WHERE partner = ? AND partner_trans_id = ? ORDER BY id LIMIT ?",
        partner,
        trans_id,
        PAGE_LIMIT,
    )
    return [
        {
            "service": row["service"],
            "at": shown_time(row["at"]),
            "answer": row["answer"],
            "extend_info": row["details"],
        }
        for row in rows
    ]


def _shown(row: Row) -> dict[str, Any]:
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
        "created_at": shown_time(row["created_at"]),
        "closes_at": shown_time(row["closes_at"]),
        "paid_at": shown_time(row["paid_at"]) if row["paid_at"] else None,
    }
