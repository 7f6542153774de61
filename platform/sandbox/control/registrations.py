"""Stores that were announced, and what Alipay decides about them."""

import json
from sqlite3 import Row
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import registrations
from sandbox.control.body import NotFound, asked_whole, body, shown_time, text
from sandbox.gateway import Gateway

PAGE_LIMIT = 500
_PAGE = "SELECT * FROM registration WHERE (?1 = '' OR partner = ?1) ORDER BY sent_at DESC LIMIT ?2"


def add(pages: Blueprint, gateway: Gateway) -> None:
    """The routes below /registrations."""
    storage, clock = gateway.storage, gateway.clock

    @pages.get("/registrations")
    def get_registrations() -> Response:
        limit = asked_whole("limit", 100, 1, PAGE_LIMIT)
        found = storage.all(_PAGE, request.args.get("partner", ""), limit)
        return jsonify(data=[_shown(row) for row in found])

    @pages.get("/registrations/<partner>/<merchant_id>/<store_id>")
    def get_registration(partner: str, merchant_id: str, store_id: str) -> Response:
        with storage.writing() as rows:
            row = registrations.find(rows, partner, merchant_id, store_id, clock.now())
        if row is None:
            raise NotFound("nobody announced this store")
        return jsonify(_shown(row))

    def _decide(partner: str, merchant_id: str, store_id: str, reason: str) -> Response:
        with storage.writing() as rows:
            done = registrations.decide(rows, partner, merchant_id, store_id, reject_reason=reason)
        if not done:
            raise NotFound("nobody announced this store")
        return get_registration(partner, merchant_id, store_id)

    @pages.post("/registrations/<partner>/<merchant_id>/<store_id>/approve")
    def approve_store(partner: str, merchant_id: str, store_id: str) -> Response:
        return _decide(partner, merchant_id, store_id, "")

    @pages.post("/registrations/<partner>/<merchant_id>/<store_id>/refuse")
    def refuse_store(partner: str, merchant_id: str, store_id: str) -> Response:
        reason = text(body("reason"), "reason", longest=200)
        return _decide(partner, merchant_id, store_id, reason or "risk control")


def _shown(row: Row) -> dict[str, Any]:
    return {
        "partner": row["partner"],
        "secondary_merchant_id": row["merchant_id"],
        "store_id": row["store_id"],
        "status": row["status"],
        "reject_reason": row["reject_reason"],
        "fields": json.loads(row["fields"]),
        "sent_at": shown_time(row["sent_at"]),
    }
