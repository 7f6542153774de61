"""What can be exported: one table of lists, each with its columns and where they come from."""

from dataclasses import dataclass

from settlement.exports import sql


@dataclass(frozen=True, slots=True)
class Column:
    """``sql`` gives the cell's text or NULL, ``csv`` the same as it stands in a CSV file; both read
    ``row`` with what it ``needs``: expressions that are worked out once for each row.

    Of one that ``repeats`` many rows say the same; an ``is_amount`` one is a number in major units,
    an ``is_moment`` one RFC 3339 in UTC with milliseconds.
    """

    title: str
    sql: str
    csv: str
    needs: str = ""
    repeats: bool = False
    is_amount: bool = False
    is_moment: bool = False
    width: int = 16  # characters, in a workbook


@dataclass(frozen=True, slots=True)
class Table:
    """``model`` has the list's page; ``joins`` are put behind ``row``, one of the model's table.

    The first column is the row's id.
    """

    model: str
    permission: str
    joins: str
    columns: tuple[Column, ...]

    @property
    def needs(self) -> str:
        """What the columns need of ``found``, a row of the list's own table."""
        needed = dict.fromkeys(column.needs for column in self.columns if column.needs)
        return ", ".join(("found.*", *needed))


_ID, _MOMENT, _TEXT = 31, 25, 24  # characters that fit


def _id(title: str, prefix: str, name: str) -> Column:
    shown = sql.public_id(prefix, f"row.sent_{name}")
    needs = f"uuid_send(found.{name}) AS sent_{name}"
    return Column(title, shown, shown, needs, width=_ID)


def _time(title: str, column: str) -> Column:
    shown = sql.moment(column)
    return Column(title, shown, shown, is_moment=True, width=_MOMENT)


def _money(title: str, minor: str) -> Column:
    """In the currency of the row."""
    shown = sql.major(minor, "row.unit")
    needs = f"{sql.unit('found.currency')} AS unit"
    return Column(title, shown, shown, needs, is_amount=True)


def _text(title: str, column: str) -> Column:
    """What people wrote."""
    return Column(title, f"({column})::text", sql.text(f"({column})::text"), width=_TEXT)


def _word(title: str, column: str) -> Column:
    """A word or a number of ours."""
    return Column(title, f"({column})::text", f"({column})::text", repeats=True)


# ruff: noqa: S608 - the statements are made of this file's own words
# Shared by many rows: worked out once for each of them, which OFFSET 0 says.
_MERCHANT_ID, _STORE_ID = (sql.public_id(prefix, "uuid_send(id)") for prefix in ("mer", "str"))
_MERCHANT = f"""(SELECT id, display_name, {sql.text("display_name")} AS shown_name,
       {_MERCHANT_ID} AS public_id FROM merchants_merchant OFFSET 0) AS merchant"""
_STORE = f"""(SELECT id, name, {sql.text("name")} AS shown_name,
       {_STORE_ID} AS public_id FROM merchants_store OFFSET 0) AS store"""


def _named(title: str, table: str, column: str) -> Column:
    return Column(title, f"{table}.{column}", f"{table}.shown_name", repeats=True, width=_TEXT)


def _id_of(table: str) -> Column:
    """Worked out where the table is named."""
    shown = f"{table}.public_id"
    return Column(f"{table} id", shown, shown, repeats=True, width=_ID)


_MODE = "CASE WHEN {}.livemode THEN 'live' ELSE 'test' END"

TABLES: dict[str, Table] = {
    "payments": Table(
        "payments.payment",
        "payments.view_payment",
        f"""JOIN {_MERCHANT} ON merchant.id = row.merchant_id
           JOIN {_STORE} ON store.id = row.store_id""",
        (
            _id("payment", "pay", "id"),
            _time("created", "row.created_at"),
            _time("ended", "row.completed_at"),
            _word("mode", _MODE.format("row")),
            _id_of("merchant"),
            _named("merchant", "merchant", "display_name"),
            _id_of("store"),
            _named("store", "store", "name"),
            _text("merchant reference", "row.merchant_reference"),
            _word("status", "row.status"),
            _word("why it failed", "row.failure_code"),
            _word("currency", "row.currency"),
            _money("amount", "row.amount_minor"),
            _money("refunded", "row.refunded_minor"),
            _text("our id at Alipay", "row.partner_trans_id"),
            _text("Alipay's trade", "row.scheme_transaction_id"),
        ),
    ),
    "refunds": Table(
        "payments.refund",
        "payments.view_refund",
        f"JOIN {_MERCHANT} ON merchant.id = row.merchant_id",
        (
            _id("refund", "rfd", "id"),
            _time("created", "row.created_at"),
            _time("ended", "row.completed_at"),
            _word("mode", _MODE.format("row")),
            _id("payment", "pay", "payment_id"),
            _id_of("merchant"),
            _named("merchant", "merchant", "display_name"),
            _text("merchant's reference", "row.merchant_refund_reference"),
            _word("status", "row.status"),
            _word("why it failed", "row.failure_code"),
            _text("reason", "row.reason"),
            _word("currency", "row.currency"),
            _money("amount", "row.amount_minor"),
            _text("our id at Alipay", "row.partner_refund_id"),
        ),
    ),
    "entries": Table(
        "ledger.entry",
        "ledger.view_entry",
        """JOIN ledger_account AS account ON account.id = row.account_id
           JOIN ledger_transaction AS posted ON posted.id = row.transaction_id""",
        (
            _id("entry", "len", "id"),
            _id("transaction", "ltx", "transaction_id"),
            _time("posted", "row.created_at"),
            _word("kind", "posted.kind"),
            _text("posted for", "posted.cause_type || ' ' || posted.cause_id::text"),
            _word("mode", _MODE.format("account")),
            _word("account", "account.kind"),
            _id("merchant id", "mer", "merchant_id"),
            _word("currency", "row.currency"),
            _money("debit", "NULLIF(greatest(row.amount_minor, 0), 0)"),
            _money("credit", "NULLIF(greatest(-row.amount_minor, 0), 0)"),
        ),
    ),
    "lines": Table(
        "settlement.line",
        "settlement.view_line",
        f"""JOIN settlement_batch AS batch ON batch.id = row.batch_id
           JOIN {_MERCHANT} ON merchant.id = row.merchant_id
           LEFT JOIN settlement_feeversion AS version ON version.id = row.fee_version_id
           LEFT JOIN settlement_feeplan AS plan ON plan.id = version.plan_id""",
        (
            _id("line", "sln", "id"),
            _id("settlement", "set", "batch_id"),
            _word("settlement number", "batch.number"),
            _word("settled on", "batch.business_date"),
            _word("mode", _MODE.format("batch")),
            _id_of("merchant"),
            _named("merchant", "merchant", "display_name"),
            _word("kind", "row.kind"),
            _id("payment", "pay", "payment_id"),
            _id("refund", "rfd", "refund_id"),
            _time("posted", "row.booked_at"),
            _word("belongs to", "row.business_date"),
            _word("currency", "row.currency"),
            _money("gross", "row.gross_minor"),
            _money("fee", "row.fee_minor"),
            _money("VAT", "row.vat_minor"),
            _money("net", "row.net_minor"),
            _text("fee plan", "plan.name || ' v' || version.number"),
        ),
    ),
}
