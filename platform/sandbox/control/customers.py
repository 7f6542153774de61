"""Customers of the wallet, and the codes that they show."""

from sqlite3 import Row
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox import customers, faults, presented, trades
from sandbox.control.body import (
    BadRequest,
    NotFound,
    asked_whole,
    body,
    one_of,
    shown_time,
    text,
    whole,
    yes_or_no,
)
from sandbox.gateway import Gateway

PAGE_LIMIT = 500
_LARGEST_FEN = 10**14


def add(pages: Blueprint, gateway: Gateway) -> None:
    """The routes below /customers, and /codes for magic ones."""
    storage, clock = gateway.storage, gateway.clock

    @pages.post("/customers")
    def post_customer() -> tuple[Response, int]:
        sent = body("name", "balance_fen", "asks_password")
        name = text(sent, "name", longest=64)
        if name is None:
            raise BadRequest("a customer needs a name")
        with storage.writing() as rows:
            made = customers.create_customer(
                rows,
                name=name,
                balance_fen=whole(sent, "balance_fen", 0, 0, _LARGEST_FEN) or 0,
                asks_password=yes_or_no(sent, "asks_password", default=False),
            )
        return jsonify(_customer(made)), 201

    def _customer(customer_id: int) -> dict[str, Any]:
        row = storage.one("SELECT * FROM customer WHERE id = ?", customer_id)
        if row is None:
            raise NotFound(f"no customer {customer_id}")
        return _shown(row)

    @pages.get("/customers")
    def get_customers() -> Response:
        limit = asked_whole("limit", PAGE_LIMIT, 1, PAGE_LIMIT)
        rows = storage.all("SELECT * FROM customer ORDER BY id DESC LIMIT ?", limit)
        return jsonify(data=[_shown(row) for row in rows])

    @pages.get("/customers/<int:customer_id>")
    def get_customer(customer_id: int) -> Response:
        return jsonify(_customer(customer_id))

    @pages.post("/customers/<int:customer_id>/codes")
    def post_code(customer_id: int) -> tuple[Response, int]:
        digits = whole(body("digits"), "digits", 18, 16, 24) or 18
        _customer(customer_id)
        with storage.writing() as rows:
            code, expires_at = customers.show_code(
                rows, customer_id, digits=digits, now=clock.now()
            )
        return jsonify(code=code, expires_at=shown_time(expires_at)), 201

    @pages.post("/customers/<int:customer_id>/scans")
    def post_scan(customer_id: int) -> tuple[Response, int]:
        sent = body("qr_code", "pays")
        qr_code = text(sent, "qr_code", longest=512)
        if qr_code is None:
            raise BadRequest("a scan needs the qr_code that the till shows")
        pays, now = yes_or_no(sent, "pays", default=False), clock.now()
        _customer(customer_id)
        with storage.writing() as rows:
            trade_id = presented.scan(rows, customer_id, qr_code, now)
            is_refused = pays and not trades.confirm(rows, trade_id, now)
        if is_refused:
            return jsonify(error="not paid: too late, or too little money"), 409
        trade = storage.one("SELECT * FROM trade WHERE id = ?", trade_id)
        assert trade is not None  # noqa: S101 - it was made above
        return jsonify(alipay_trans_id=trade_id, state=trade["state"]), 201

    @pages.post("/codes")
    def post_magic_code() -> tuple[Response, int]:
        name = one_of(body("fault"), "fault", tuple(faults.FAULTS), "none")
        return jsonify(code=faults.new_magic_code(name)), 201


def _shown(row: Row) -> dict[str, Any]:
    return dict(row) | {"asks_password": bool(row["asks_password"])}
