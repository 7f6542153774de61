"""Payouts in the console: where each stands, and every step that it took."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ledger.panel import render_entries_of
from settlement.models import PaymentFile, Payout, PayoutTransition
from settlement.state import PayoutStatus, labels
from tenancy.links import link
from tenancy.listing.filters import among
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import mode_of, money_of, show_moment, show_status

STEPS_LIMIT = 100  # of one payout's page


@admin.register(Payout)
class PayoutAdmin(ReadOnly, OwnedAdmin):
    """Money on its way to a merchant's bank account."""

    list_display = (
        "public_id", "pays_on", "merchant", "amount_money", "status", "masked_number", "acquirer",
    )  # fmt: skip
    list_filter = (among("status", "status", labels(PayoutStatus)), "livemode")
    list_select_related = ("merchant", "acquirer")
    fields = (
        "merchant", "mode", "amount_money", "status", "pays_on", "holder", "masked_number",
        "bank_code", "country", "batch", "in_file", "created_at", "ended_at", "reason", "steps",
        "entries",
    )  # fmt: skip
    readonly_fields = ("mode", "amount_money", "masked_number", "in_file", "steps", "entries")
    mode = mode_of
    secret_fields = frozenset({"account_number"})
    amount_money = money_of("amount_minor", "amount")

    class Media:
        css = {"all": ["console/panels.css"]}

    @admin.display(description="account number")
    def masked_number(self, payout: Payout) -> str:
        return payout.masked_number

    @admin.display(description="payment file")
    def in_file(self, payout: Payout) -> SafeString | None:
        file: PaymentFile | None = payout.payment_file
        return None if file is None else link(file.public_id, file.name)

    @admin.display(description="steps")
    def steps(self, payout: Payout) -> SafeString:
        rows = payout.transitions.order_by("number")[:STEPS_LIMIT]
        return render_to_string("settlement/steps.html", {"rows": [_step(row) for row in rows]})

    @admin.display(description="in the books")
    def entries(self, payout: Payout) -> SafeString:
        return render_entries_of(("payout", payout.id))


def _step(row: PayoutTransition) -> dict[str, Any]:
    return {
        "at": show_moment(row.created_at),
        "status": show_status(row.to_status),
        "actor": row.actor,
        "told_by": link(row.told_by) if row.told_by else "",
        "reason": row.reason,
    }
