"""Reconciliation in the console: breaks with both sides, the scheme's files, and what was run."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.utils.safestring import SafeString

from kernel import ids
from merchants.models import Merchant
from payments.models import Payment, Refund
from settlement.models import Break, Run, SchemeFile
from settlement.services.take_file import line_of
from settlement.state import BreakKind, BreakState, FileState, Way, labels
from tenancy.links import link
from tenancy.listing.filters import among
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import money_of, show_moment, show_status


@admin.register(Break)
class BreakAdmin(ReadOnly, OwnedAdmin):
    """Open ones are somebody's work; mended ones ended by themselves."""

    list_display = (
        "public_id", "business_date", "kind", "result", "about", "risk", "payment", "acquirer",
    )  # fmt: skip
    list_filter = (
        among("state", "state", labels(BreakState)),
        among("kind", "kind", labels(BreakKind)),
        among("way", "way", labels(Way)),
        "livemode",
    )
    list_select_related = ("acquirer",)
    fields = (
        "business_date", "way", "kind", "result", "about", "risk", "payment", "refund", "merchant",
        "ours", "theirs", "file", "line", "raw", "asked", "ended", "outcome", "ended_by",
    )  # fmt: skip
    readonly_fields = (
        "result", "risk", "payment", "refund", "merchant", "raw", "asked", "ended",
    )  # fmt: skip
    ordering = ("-pk",)

    risk = money_of("amount_at_risk", "at risk")

    @admin.display(description="state")
    def result(self, row: Break) -> SafeString:
        return show_status(row.state)

    @admin.display(description="payment")
    def payment(self, row: Break) -> SafeString | None:
        return _link(Payment.PREFIX, row.payment_id)

    @admin.display(description="refund")
    def refund(self, row: Break) -> SafeString | None:
        return _link(Refund.PREFIX, row.refund_id)

    @admin.display(description="merchant")
    def merchant(self, row: Break) -> SafeString | None:
        return _link(Merchant.PREFIX, row.merchant_id)

    @admin.display(description="as it stands in the file")
    def raw(self, row: Break) -> str:
        return "" if row.line is None else line_of(row.file, row.line)

    @admin.display(description="Alipay was asked")
    def asked(self, row: Break) -> str | None:
        return show_moment(row.asked_at)

    @admin.display(description="ended")
    def ended(self, row: Break) -> str | None:
        return show_moment(row.ended_at)


@admin.register(SchemeFile)
class SchemeFileAdmin(ReadOnly, OwnedAdmin):
    """What came from the scheme, and what became of it."""

    list_display = ("name", "business_date", "kind", "result", "row_count", "source", "acquirer")
    list_filter = (among("state", "state", labels(FileState)), "kind", "livemode")
    list_select_related = ("acquirer",)
    fields = (
        "name", "business_date", "kind", "result", "row_count", "refused_line", "refused_column",
        "refused_because", "size_bytes", "sha256", "source", "taken_by", "came",
    )  # fmt: skip
    readonly_fields = ("result", "came")
    ordering = ("-pk",)

    @admin.display(description="state")
    def result(self, row: SchemeFile) -> SafeString:
        return show_status(row.state)

    @admin.display(description="came")
    def came(self, row: SchemeFile) -> str | None:
        return show_moment(row.created_at)


@admin.register(Run)
class RunAdmin(ReadOnly, OwnedAdmin):
    """Each day compared one way: what its last run came to."""

    list_display = ("public_id", "business_date", "way", "rows", "found", "ended", "acquirer")
    list_filter = (among("way", "way", labels(Way)), "livemode")
    list_select_related = ("acquirer",)
    fields = ("business_date", "way", "file", "rows", "found", "opened", "mended", "ended")
    readonly_fields = ("ended",)
    ordering = ("-pk",)

    @admin.display(description="ended")
    def ended(self, row: Run) -> Any:
        return show_moment(row.ended_at) or show_status("processing", "running")


def _link(prefix: str, key: UUID | None) -> SafeString | None:
    return None if key is None else link(ids.encode(prefix, key))
