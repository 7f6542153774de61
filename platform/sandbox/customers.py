"""Customers, their balances in fen, and the codes that their wallets show."""

import random
import secrets
from datetime import datetime
from sqlite3 import Connection, Row

from sandbox.faults import MAGIC_PREFIX, magic_fault

CODE_SECONDS = 60  # a wallet renews its code every minute
MAGIC_CUSTOMER = "Magic codes"
_RICH_FEN = 10**14


class CustomerError(ValueError):
    """The request about a customer cannot be met; the text says why."""


def create_customer(rows: Connection, *, name: str, balance_fen: int, asks_password: bool) -> int:
    """A customer with an opening balance; the id."""
    phone = f"1{secrets.randbelow(90) + 10}****{secrets.randbelow(9000) + 1000}"
    user_id = f"2088{secrets.randbelow(10**12):012d}"
    cursor = rows.execute(
        "INSERT INTO customer (name, login_id, user_id, balance_fen, opening_fen, asks_password)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (name, phone, user_id, balance_fen, balance_fen, asks_password),
    )
    return int(cursor.lastrowid or 0)


def magic_customer(rows: Connection) -> Row:
    """The rich customer to whom every magic code belongs."""
    sql = "SELECT * FROM customer WHERE name = ?"
    row = rows.execute(sql, (MAGIC_CUSTOMER,)).fetchone()
    if row is None:
        create_customer(rows, name=MAGIC_CUSTOMER, balance_fen=_RICH_FEN, asks_password=False)
        row = rows.execute(sql, (MAGIC_CUSTOMER,)).fetchone()
    found: Row = row
    return found


def show_code(
    rows: Connection, customer_id: int, *, digits: int, now: datetime
) -> tuple[str, float]:
    """A fresh payment code and when it expires (epoch seconds)."""
    if not 16 <= digits <= 24:
        raise CustomerError("a payment code has 16 to 24 digits")
    if rows.execute("SELECT 1 FROM customer WHERE id = ?", (customer_id,)).fetchone() is None:
        raise CustomerError(f"no customer {customer_id}")
    while True:
        start = random.choice(("25", "26", "27", "28", "29", "30"))  # noqa: S311
        code = start + "".join(str(secrets.randbelow(10)) for _ in range(digits - 2))
        if not code.startswith(MAGIC_PREFIX):
            break
    expires_at = now.timestamp() + CODE_SECONDS
    rows.execute("INSERT INTO code VALUES (?, ?, ?, NULL)", (code, customer_id, expires_at))
    return code, expires_at


def find_customer(rows: Connection, code: str, now: datetime) -> Row | None:
    """Whose code it is, if it is unused and not expired."""
    if code.startswith(MAGIC_PREFIX):
        if magic_fault(code) is None:
            return None
        used = rows.execute("SELECT used_by FROM code WHERE code = ?", (code,)).fetchone()
        return None if used else magic_customer(rows)
    row: Row | None = rows.execute(
        "SELECT customer.* FROM code JOIN customer ON customer.id = code.customer_id"
        " WHERE code = ? AND used_by IS NULL AND expires_at > ?",
        (code, now.timestamp()),
    ).fetchone()
    return row


def use_code(rows: Connection, code: str, customer_id: int, partner_trans_id: str) -> None:
    """The code is spent."""
    rows.execute(
        "INSERT INTO code VALUES (?, ?, 0, ?)"
        " ON CONFLICT (code) DO UPDATE SET used_by = excluded.used_by",
        (code, customer_id, partner_trans_id),
    )


def move_money(rows: Connection, customer_id: int, fen: int) -> bool:
    """Add ``fen`` (negative: take); False if the balance does not cover it."""
    done = rows.execute(
        "UPDATE customer SET balance_fen = balance_fen + ? WHERE id = ? AND balance_fen + ? >= 0",
        (fen, customer_id, fen),
    )
    return done.rowcount == 1
