"""The wallet in the browser: customers, codes to scan, bills, and the password to type."""

import re
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Any

import barcode
import segno
from flask import Blueprint, flash, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from sandbox import customers, faults, presented, trades
from sandbox.amounts import write_amount, write_fen
from sandbox.clock import BEIJING
from sandbox.gateway import Gateway

BILLS_LIMIT = 50
CUSTOMERS_LIMIT = 200
_QUIET = 10  # modules of white on either side of Code 128


def wallet(gateway: Gateway) -> Blueprint:
    """The routes below /wallet."""
    blueprint, pages = Blueprint("wallet", __name__, url_prefix="/wallet"), _Pages(gateway)
    blueprint.add_app_template_filter(write_fen, "fen")
    blueprint.add_app_template_filter(_local, "local")
    of_one = "/<int:customer_id>"
    for method, address, view in (
        ("GET", "", pages.index),
        ("POST", "", pages.create),
        ("GET", "/magic", pages.magic),
        ("GET", of_one, pages.show),
        ("POST", f"{of_one}/password", pages.toggle),
        ("POST", f"{of_one}/scans", pages.scan),
        ("POST", f"{of_one}/trades/<trade_id>", pages.decide),
    ):
        blueprint.add_url_rule(address, view_func=view, methods=[method])
    return blueprint


class _Pages:
    """What each of them shows or does."""

    def __init__(self, gateway: Gateway) -> None:
        self.storage, self.clock = gateway.storage, gateway.clock

    def index(self) -> str:
        rows = self.storage.all("SELECT * FROM customer ORDER BY id DESC LIMIT ?", CUSTOMERS_LIMIT)
        return render_template("customers.html", customers=rows)

    def create(self) -> Response:
        name = request.form.get("name", "").strip()[:64]
        balance = request.form.get("balance", "").strip()
        if not name or not (balance.isascii() and balance.isdigit()) or len(balance) > 9:
            return _say("/wallet", "A customer needs a name and a balance in whole yuan.")
        with self.storage.writing() as rows:
            customer_id = customers.create_customer(
                rows,
                name=name,
                balance_fen=int(balance) * 100,
                asks_password=request.form.get("asks_password") == "on",
            )
        return redirect(f"/wallet/{customer_id}")

    def magic(self) -> str:
        fresh = [(fault, faults.new_magic_code(name)) for name, fault in faults.FAULTS.items()]
        return render_template("magic.html", faults=fresh)

    def show(self, customer_id: int) -> str | tuple[str, int]:
        digits = 24 if request.args.get("digits") == "24" else 18
        with self.storage.writing() as rows:
            trades.settle_time(rows, self.clock.now())
            row = rows.execute("SELECT * FROM customer WHERE id = ?", (customer_id,)).fetchone()
            if row is None:
                return render_template("missing.html"), 404
            code, expires_at = customers.show_code(
                rows, customer_id, digits=digits, now=self.clock.now()
            )
        bills = self.storage.all(
            "SELECT * FROM trade WHERE customer_id = ? ORDER BY created_at DESC LIMIT ?",
            customer_id,
            BILLS_LIMIT,
        )
        return render_template(
            "customer.html",
            customer=row,
            code=code,
            groups=[code[start : start + 4] for start in range(0, len(code), 4)],
            seconds=int(expires_at - self.clock.now().timestamp()),
            bars=_bars(code),
            square=_square(code),
            bills=[_bill(bill) for bill in bills],
            digits=digits,
        )

    def toggle(self, customer_id: int) -> Response:
        with self.storage.writing() as rows:
            rows.execute(
                "UPDATE customer SET asks_password = NOT asks_password WHERE id = ?", (customer_id,)
            )
        return redirect(f"/wallet/{customer_id}")

    def scan(self, customer_id: int) -> Response:
        back, now = f"/wallet/{customer_id}", self.clock.now()
        if self.storage.one("SELECT 1 FROM customer WHERE id = ?", customer_id) is None:
            return _say("/wallet", "There is no such customer.")
        try:
            with self.storage.writing() as rows:
                presented.scan(rows, customer_id, request.form.get("qr_code", "").strip(), now)
        except presented.ScanError as refusal:
            return _say(back, f"Not opened: {refusal}.")
        return _say(back, "Scanned: the bill waits for a yes or a no.")

    def decide(self, customer_id: int, trade_id: str) -> Response:
        back, now = f"/wallet/{customer_id}", self.clock.now()
        with self.storage.writing() as rows:
            trades.settle_time(rows, now)
            row = rows.execute(
                "SELECT * FROM trade WHERE id = ? AND customer_id = ?", (trade_id, customer_id)
            ).fetchone()
            if row is None:
                return _say(back, "There is no such bill.")
            if request.form.get("decision") == "refuse":
                refused = trades.refuse(rows, trade_id, now)
                return _say(back, "Refused: nothing was paid." if refused else "Too late.")
            if not row["can_confirm"]:
                return _say(back, "This bill takes no password.")
            if not request.form.get("password"):
                return _say(back, "Type a password; any will do.")
            if trades.confirm(rows, trade_id, now):
                return _say(back, "Paid.")
        return _say(back, "Not paid: too late, or the balance is too small.")


def _say(address: str, words: str) -> Response:
    flash(words)
    return redirect(address)


def _bars(code: str) -> Markup:
    """Code 128 as SVG that takes any width."""
    modules = barcode.get("code128", code).build()[0]
    width = len(modules) + 2 * _QUIET
    path = "".join(
        f"M{bar.start() + _QUIET} 0h{len(bar[0])}v1h-{len(bar[0])}z"
        for bar in re.finditer("1+", modules)
    )
    return Markup(  # noqa: S704 - made here, of numbers
        f'<svg class="bars" viewBox="0 0 {width} 1" preserveAspectRatio="none"'
        f' role="img" aria-label="barcode"><path d="{path}"/></svg>'
    )


def _square(code: str) -> Markup:
    """The QR code as SVG that takes any width."""
    drawn = segno.make(code, micro=False)
    return Markup(drawn.svg_inline(border=2, svgclass="square", omitsize=True))  # noqa: S704


def _bill(row: Row) -> dict[str, Any]:
    bill: dict[str, Any] = dict(row)
    bill["price"] = f"{bill['currency']} {write_amount(bill['amount_minor'], bill['currency'])}"
    bill["waits"] = bill["state"] == trades.WAIT
    return bill


def _local(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(BEIJING).strftime("%m-%d %H:%M:%S")
