"""Customers of the wallet, and the codes that they show."""

from sqlite3 import Row
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox import customers, faults
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

    @pages.post("/codes")
    def post_magic_code() -> tuple[Response, int]:
        name = one_of(body("fault"), "fault", tuple(faults.FAULTS), "none")
        return jsonify(code=faults.new_magic_code(name)), 201


def _shown(row: Row) -> dict[str, Any]:
    return dict(row) | {"asks_password": bool(row["asks_password"])}
