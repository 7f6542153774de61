"""Settlement batches and payouts in the admin: to look at, never to edit."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kernel import ids
from kernel.money import Money
from ledger.panel import render_entries_of
from payments.models import Payment, Refund
from settlement.admin.files import WithFiles
from settlement.models import Batch, Line, Payout
from settlement.state import Outcome, labels
from tenancy.links import link
from tenancy.listing.filters import among
from tenancy.read_only import ReadOnly
from tenancy.showing import mode_of, money_of, show_status

# In the order in which they add up, from what was carried to what is carried on.
_SUMS = (
    "opening", "sales", "cancels", "refunds", "adjustments", "promotions", "fees", "vat",
    "reserved", "released", "paid_out", "closing",
)  # fmt: skip
_TITLES = {
    "opening": "carried from before",
    "vat": "VAT on fees",
    "reserved": "held in reserve",
    "released": "released from the reserve",
    "paid_out": "paid out",
    "closing": "carried on",
}


LINES_SHOWN = 20  # on the batch's page; the list has all


def _line(row: Line) -> dict[str, Any]:
    about = row.refund_id or row.payment_id
    prefix = Refund.PREFIX if row.refund_id else Payment.PREFIX
    return {
        "kind": row.get_kind_display(),
        "about": about and link(ids.encode(prefix, about)),
        "day": row.business_date,
        "amounts": [
            Money(minor, row.currency)
            for minor in (row.gross_minor, row.fee_minor, row.vat_minor, row.net_minor)
        ],
    }


@admin.register(Batch)
class BatchAdmin(ReadOnly, WithFiles):
    """What one merchant is owed for one period in one currency."""

    list_display = (
        "public_id", "business_date", "merchant", "sales_money", "paid_out_money",
        "closing_money", "result", "acquirer",
    )  # fmt: skip
    list_filter = (among("outcome", "outcome", labels(Outcome)), "livemode")
    list_select_related = ("merchant", "acquirer")
    fields = (
        "merchant", "mode", "number", "first_day", "business_date", "ends_at", "zone",
        *(f"{name}_money" for name in _SUMS),
        "line_count", "outcome", "to_bank", "pays_on", "calendar", "created_at",
        "files", "lines", "entries",
    )  # fmt: skip
    readonly_fields = (
        "mode",
        "to_bank",
        "files",
        "lines",
        "entries",
        *(f"{name}_money" for name in _SUMS),
    )

    mode = mode_of

    @admin.display(description="outcome")
    def result(self, batch: Batch) -> SafeString:
        return show_status(batch.outcome)

    @admin.display(description="payout")
    def to_bank(self, batch: Batch) -> SafeString | None:
        payout = Payout.objects.filter(batch=batch).first()
        return None if payout is None else link(payout.public_id)

    @admin.display(description="lines")
    def lines(self, batch: Batch) -> SafeString:
        rows = batch.lines.order_by("booked_at", "id")[:LINES_SHOWN]
        context = {"batch": batch, "rows": [_line(row) for row in rows]}
        return render_to_string("settlement/lines.html", context)

    @admin.display(description="in the books")
    def entries(self, batch: Batch) -> SafeString:
        return render_entries_of(("settlement_batch", batch.id))


for _name in _SUMS:
    setattr(BatchAdmin, f"{_name}_money", money_of(f"{_name}_minor", _TITLES.get(_name, _name)))
