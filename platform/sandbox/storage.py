"""Storage: one SQLite file in WAL mode. What was answered is on disk, also after kill -9."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS own_key (
    id INTEGER PRIMARY KEY CHECK (id = 1), private_pem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS partner (
    id TEXT PRIMARY KEY, sign_type TEXT NOT NULL, public_key TEXT NOT NULL, md5_key TEXT NOT NULL,
    currencies TEXT NOT NULL, is_active INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS customer (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, login_id TEXT NOT NULL,
    user_id TEXT NOT NULL UNIQUE,
    balance_fen INTEGER NOT NULL CHECK (balance_fen >= 0), opening_fen INTEGER NOT NULL,
    asks_password INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS code (
    code TEXT PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer,
    expires_at REAL NOT NULL, used_by TEXT);
CREATE TABLE IF NOT EXISTS trade (
    id TEXT PRIMARY KEY, partner TEXT NOT NULL, partner_trans_id TEXT NOT NULL, state TEXT NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customer, code TEXT NOT NULL,
    amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, rate TEXT NOT NULL,
    cny_fen INTEGER NOT NULL, given_back_fen INTEGER NOT NULL DEFAULT 0,
    refunded_minor INTEGER NOT NULL DEFAULT 0, title TEXT NOT NULL, notify_url TEXT NOT NULL,
    details TEXT NOT NULL, created_at REAL NOT NULL, closes_at REAL NOT NULL, paid_at REAL,
    confirms_at REAL, can_confirm INTEGER NOT NULL DEFAULT 1, reversed_at REAL,
    UNIQUE (partner, partner_trans_id));
CREATE INDEX IF NOT EXISTS trade_waiting ON trade (closes_at) WHERE state = 'WAIT_BUYER_PAY';
CREATE INDEX IF NOT EXISTS trade_by_customer ON trade (customer_id, created_at);
CREATE TABLE IF NOT EXISTS presented (
    qr_code TEXT PRIMARY KEY, partner TEXT NOT NULL, partner_trans_id TEXT NOT NULL,
    amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, title TEXT NOT NULL,
    notify_url TEXT NOT NULL, details TEXT NOT NULL, pay_seconds REAL NOT NULL,
    expires_at REAL NOT NULL, is_stopped INTEGER NOT NULL DEFAULT 0,
    UNIQUE (partner, partner_trans_id));
CREATE TABLE IF NOT EXISTS refund (
    id INTEGER PRIMARY KEY, partner TEXT NOT NULL, partner_refund_id TEXT NOT NULL,
    trade_id TEXT NOT NULL REFERENCES trade, amount_minor INTEGER NOT NULL, fen INTEGER NOT NULL,
    state TEXT NOT NULL, notify_url TEXT NOT NULL, created_at REAL NOT NULL, given_back_at REAL,
    UNIQUE (partner, partner_refund_id));
CREATE INDEX IF NOT EXISTS refund_open ON refund (created_at) WHERE state = 'PROCESSING';
CREATE INDEX IF NOT EXISTS refund_by_trade ON refund (trade_id);
CREATE TABLE IF NOT EXISTS cancelled_unknown (
    partner TEXT NOT NULL, partner_trans_id TEXT NOT NULL, PRIMARY KEY (partner, partner_trans_id));
CREATE TABLE IF NOT EXISTS registration (
    partner TEXT NOT NULL, merchant_id TEXT NOT NULL, store_id TEXT NOT NULL, status TEXT NOT NULL,
    reject_reason TEXT NOT NULL, fields TEXT NOT NULL, sent_at REAL NOT NULL, decides_at REAL,
    PRIMARY KEY (partner, merchant_id, store_id));
CREATE TABLE IF NOT EXISTS app (
    id TEXT PRIMARY KEY, partner TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS card_template (
    id INTEGER PRIMARY KEY, app TEXT NOT NULL, request_id TEXT NOT NULL, content TEXT NOT NULL,
    UNIQUE (app, request_id));
CREATE TABLE IF NOT EXISTS call (
    id INTEGER PRIMARY KEY, partner TEXT NOT NULL, partner_trans_id TEXT NOT NULL,
    service TEXT NOT NULL, at REAL NOT NULL, answer TEXT NOT NULL, details TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS call_by_trade ON call (partner, partner_trans_id);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, service TEXT NOT NULL, partner_trans_id TEXT,
    payment_code TEXT, times INTEGER, probability REAL NOT NULL, seed INTEGER NOT NULL,
    seconds REAL, seen INTEGER NOT NULL DEFAULT 0, address TEXT);
CREATE TABLE IF NOT EXISTS contract (
    partner TEXT PRIMARY KEY, terms TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS planted (
    id INTEGER PRIMARY KEY, partner TEXT NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL,
    name TEXT NOT NULL, count INTEGER NOT NULL, seed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS daily_file (
    partner TEXT NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL, name TEXT, rows INTEGER NOT NULL,
    made_at REAL NOT NULL, PRIMARY KEY (partner, kind, day));
CREATE TABLE IF NOT EXISTS notification (
    id INTEGER PRIMARY KEY, notify_id TEXT NOT NULL, partner TEXT NOT NULL, url TEXT NOT NULL,
    fields TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0, due_at REAL, acknowledged_at REAL);
CREATE INDEX IF NOT EXISTS notification_due ON notification (due_at) WHERE due_at IS NOT NULL;
"""
# Made after the columns, which an older file gets late.
_INDEXES_OF_DAYS = (
    "CREATE INDEX IF NOT EXISTS trade_paid ON trade (partner, paid_at)",
    "CREATE INDEX IF NOT EXISTS trade_reversed ON trade (partner, reversed_at)",
    "CREATE INDEX IF NOT EXISTS refund_done ON refund (partner, given_back_at)",
)
KEPT = 1_000_000  # calls, and notifications that ended, before the oldest are forgotten
TABLES = (
    "app",
    "card_template",
    "call",
    "contract",
    "planted",
    "daily_file",
    "notification",
    "fault",
    "refund",
    "cancelled_unknown",
    "trade",
    "presented",
    "registration",
    "code",
    "customer",
    "partner",
)


def _add_what_is_new(rows: sqlite3.Connection) -> None:
    """A file that was made by an earlier version lacks the columns that came later."""
    for table, column, kind in (
        ("fault", "address", "TEXT"),
        ("trade", "reversed_at", "REAL"),
        ("refund", "given_back_at", "REAL"),
    ):
        if column not in {row["name"] for row in rows.execute(f"PRAGMA table_info({table})")}:
            rows.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    for statement in _INDEXES_OF_DAYS:
        rows.execute(statement)


class Storage:
    """The file. One connection, one user at a time: a thread or a greenlet more costs nothing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            folder / "alipay.sqlite3", timeout=30, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        for name, value in (
            ("journal_mode", "WAL"),
            ("synchronous", "NORMAL"),
            ("foreign_keys", "ON"),
        ):
            self._connection.execute(f"PRAGMA {name} = {value}")
        with self.writing() as rows:
            for statement in SCHEMA.split(";"):
                rows.execute(statement)
            _add_what_is_new(rows)

    def close(self) -> None:
        """Close the file; whoever comes later gets an error."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of the block, or nothing of it."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Every row of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def forget_the_oldest(self, now: float) -> None:
        """Keep the file small: expired codes nobody used, and the calls of long ago, go.

        Trades, refunds and balances stay: they are the books.
        """
        with self.writing() as rows:
            rows.execute("DELETE FROM code WHERE used_by IS NULL AND expires_at < ?", (now - 3600,))
            rows.execute("DELETE FROM call WHERE id <= (SELECT max(id) FROM call) - ?", (KEPT,))
            rows.execute(
                "DELETE FROM notification WHERE due_at IS NULL"
                " AND id <= (SELECT max(id) FROM notification) - ?",
                (KEPT,),
            )
