"""What can be exported: one table of lists, each with its columns and where they come from."""

from dataclasses import dataclass

from settlement.exports.beside import ACCOUNT, BATCH, FEE_PLAN, MERCHANT, POSTED, STORE
from settlement.exports.columns import (
    Column,
    id_of,
    id_of_row,
    moment,
    money,
    name_of,
    own,
    word,
    written,
)


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


_MODE = "CASE WHEN {}.livemode THEN 'live' ELSE 'test' END"

TABLES: dict[str, Table] = {
    "payments": Table(
        "payments.payment",
        "payments.view_payment",
        MERCHANT + STORE,
        (
            id_of_row("payment", "pay", "id"),
            moment("created", "row.created_at"),
            moment("ended", "row.completed_at"),
            word("mode", _MODE.format("row")),
            id_of("merchant"),
            name_of("merchant", "merchant", "display_name"),
            id_of("store"),
            name_of("store", "store", "name"),
            written("merchant reference", "row.merchant_reference"),
            word("status", "row.status"),
            word("why it failed", "row.failure_code"),
            word("currency", "row.currency"),
            money("amount", "row.amount_minor"),
            money("refunded", "row.refunded_minor"),
            written("our id at Alipay", "row.partner_trans_id"),
            written("Alipay's trade", "row.scheme_transaction_id"),
        ),
    ),
    "refunds": Table(
        "payments.refund",
        "payments.view_refund",
        MERCHANT,
        (
            id_of_row("refund", "rfd", "id"),
            moment("created", "row.created_at"),
            moment("ended", "row.completed_at"),
            word("mode", _MODE.format("row")),
            id_of_row("payment", "pay", "payment_id"),
            id_of("merchant"),
            name_of("merchant", "merchant", "display_name"),
            written("merchant's reference", "row.merchant_refund_reference"),
            word("status", "row.status"),
            word("why it failed", "row.failure_code"),
            written("reason", "row.reason"),
            word("currency", "row.currency"),
            money("amount", "row.amount_minor"),
            written("our id at Alipay", "row.partner_refund_id"),
        ),
    ),
    "entries": Table(
        "ledger.entry",
        "ledger.view_entry",
        ACCOUNT + POSTED + MERCHANT,
        (
            id_of_row("entry", "len", "id"),
            id_of_row("transaction", "ltx", "transaction_id"),
            moment("posted", "row.created_at"),
            word("kind", "posted.kind"),
            own("posted for", "posted.cause_type || ' ' || posted.cause_id::text"),
            word("mode", _MODE.format("account")),
            word("account", "account.kind"),
            id_of("merchant"),
            word("currency", "row.currency"),
            money("debit", "CASE WHEN row.amount_minor > 0 THEN row.amount_minor END"),
            money("credit", "CASE WHEN row.amount_minor < 0 THEN -row.amount_minor END"),
        ),
    ),
    "lines": Table(
        "settlement.line",
        "settlement.view_line",
        BATCH + MERCHANT + FEE_PLAN,
        (
            id_of_row("line", "sln", "id"),
            id_of("batch", "settlement"),
            word("settlement number", "batch.number"),
            word("settled on", "batch.business_date"),
            word("mode", _MODE.format("batch")),
            id_of("merchant"),
            name_of("merchant", "merchant", "display_name"),
            word("kind", "row.kind"),
            id_of_row("payment", "pay", "payment_id"),
            id_of_row("refund", "rfd", "refund_id"),
            moment("posted", "row.booked_at"),
            word("belongs to", "row.business_date"),
            word("currency", "row.currency"),
            money("gross", "row.gross_minor"),
            money("fee", "row.fee_minor"),
            money("VAT", "row.vat_minor"),
            money("net", "row.net_minor"),
            written("fee plan", "plan.name || ' v' || version.number"),
        ),
    ),
}
