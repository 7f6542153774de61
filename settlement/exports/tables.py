"""What can be exported: one table of lists, each with its columns and where they come from."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kernel import ids
from kernel.money import Money

Cell = str | Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """``sql`` gives a text or NULL, ``show`` makes the cell of it."""

    title: str
    sql: str
    show: Callable[[str], Cell] = str


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` is a FROM clause in which ``row`` is the list's own table; ``model`` its page."""

    model: str
    permission: str
    rows: str
    columns: tuple[Column, ...]


def _id(title: str, prefix: str, sql: str) -> Column:
    return Column(title, f"({sql})::text", lambda text: ids.encode(prefix, UUID(text)))


def _time(title: str, sql: str) -> Column:
    """RFC 3339 in UTC with milliseconds, as the API shows it (kernel.clock.show_time)."""
    cut = f"date_trunc('milliseconds', {sql} AT TIME ZONE 'UTC')"
    return Column(title, f'to_char({cut}, \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')')


def _money(title: str, minor: str, currency: str) -> Column:
    return Column(title, f"{currency} || ' ' || ({minor})::text", _show_money)


def _show_money(text: str) -> Decimal:
    """In the currency's own decimals."""
    currency, minor = text.split(" ")
    return Money(int(minor), currency).to_decimal()


def _text(title: str, sql: str) -> Column:
    return Column(title, f"({sql})::text")


_MODE = "CASE WHEN {}.livemode THEN 'live' ELSE 'test' END"

TABLES: dict[str, Table] = {
    "payments": Table(
        "payments.payment",
        "payments.view_payment",
        """payments_payment AS row
           JOIN merchants_merchant AS merchant ON merchant.id = row.merchant_id
           JOIN merchants_store AS store ON store.id = row.store_id""",
        (
            _id("payment", "pay", "row.id"),
            _time("created", "row.created_at"),
            _time("ended", "row.completed_at"),
            _text("mode", _MODE.format("row")),
            _id("merchant id", "mer", "row.merchant_id"),
            _text("merchant", "merchant.display_name"),
            _id("store id", "str", "row.store_id"),
            _text("store", "store.name"),
            _text("merchant reference", "row.merchant_reference"),
            _text("status", "row.status"),
            _text("why it failed", "row.failure_code"),
            _text("currency", "row.currency"),
            _money("amount", "row.amount_minor", "row.currency"),
            _money("refunded", "row.refunded_minor", "row.currency"),
            _text("our id at Alipay", "row.partner_trans_id"),
            _text("Alipay's trade", "row.scheme_transaction_id"),
        ),
    ),
    "refunds": Table(
        "payments.refund",
        "payments.view_refund",
        """payments_refund AS row
           JOIN merchants_merchant AS merchant ON merchant.id = row.merchant_id""",
        (
            _id("refund", "rfd", "row.id"),
            _time("created", "row.created_at"),
            _time("ended", "row.completed_at"),
            _text("mode", _MODE.format("row")),
            _id("payment", "pay", "row.payment_id"),
            _id("merchant id", "mer", "row.merchant_id"),
            _text("merchant", "merchant.display_name"),
            _text("merchant's reference", "row.merchant_refund_reference"),
            _text("status", "row.status"),
            _text("why it failed", "row.failure_code"),
            _text("reason", "row.reason"),
            _text("currency", "row.currency"),
            _money("amount", "row.amount_minor", "row.currency"),
            _text("our id at Alipay", "row.partner_refund_id"),
        ),
    ),
    "entries": Table(
        "ledger.entry",
        "ledger.view_entry",
        """ledger_entry AS row
           JOIN ledger_account AS account ON account.id = row.account_id
           JOIN ledger_transaction AS posted ON posted.id = row.transaction_id""",
        (
            _id("entry", "len", "row.id"),
            _id("transaction", "ltx", "row.transaction_id"),
            _time("posted", "row.created_at"),
            _text("kind", "posted.kind"),
            Column("posted for", "posted.cause_type || ' ' || posted.cause_id::text", show=str),
            _text("mode", _MODE.format("account")),
            _text("account", "account.kind"),
            _id("merchant id", "mer", "row.merchant_id"),
            _text("currency", "row.currency"),
            _money("debit", "NULLIF(greatest(row.amount_minor, 0), 0)", "row.currency"),
            _money("credit", "NULLIF(greatest(-row.amount_minor, 0), 0)", "row.currency"),
        ),
    ),
    "lines": Table(
        "settlement.line",
        "settlement.view_line",
        """settlement_line AS row
           JOIN settlement_batch AS batch ON batch.id = row.batch_id
           JOIN merchants_merchant AS merchant ON merchant.id = row.merchant_id""",
        (
            _id("line", "sln", "row.id"),
            _id("settlement", "set", "row.batch_id"),
            _text("settlement number", "batch.number"),
            _text("settled on", "batch.business_date"),
            _text("mode", _MODE.format("batch")),
            _id("merchant id", "mer", "row.merchant_id"),
            _text("merchant", "merchant.display_name"),
            _text("kind", "row.kind"),
            _id("payment", "pay", "row.payment_id"),
            _id("refund", "rfd", "row.refund_id"),
            _time("posted", "row.booked_at"),
            _text("belongs to", "row.business_date"),
            _text("currency", "row.currency"),
            _money("gross", "row.gross_minor", "row.currency"),
            _money("fee", "row.fee_minor", "row.currency"),
            _money("VAT", "row.vat_minor", "row.currency"),
            _money("net", "row.net_minor", "row.currency"),
        ),
    ),
}
