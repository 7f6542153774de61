"""Fee invoices in the console: the series, and who issues them. The file lies with its batch."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel.money import Money
from settlement.admin.files import FILE_URL
from settlement.models import FeeInvoice, Issuer
from tenancy.links import link
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment, show_money


@admin.register(FeeInvoice)
class FeeInvoiceAdmin(ReadOnly, OwnedAdmin):
    """Numbered as its batch was frozen, never edited."""

    list_display = ("label", "merchant", "fees", "vat", "settlement", "acquirer")
    list_filter = ("livemode",)
    list_select_related = ("merchant", "batch", "acquirer")
    fields = ("label", "merchant", "settlement", "fees", "vat", "file", "issued")
    readonly_fields = ("label", "settlement", "fees", "vat", "file", "issued")

    @admin.display(description="number")
    def label(self, row: FeeInvoice) -> str:
        return row.label

    @admin.display(description="settlement")
    def settlement(self, row: FeeInvoice) -> SafeString:
        return link(row.batch.public_id)

    @admin.display(description="fees")
    def fees(self, row: FeeInvoice) -> SafeString | None:
        return show_money(Money(-row.batch.fees_minor, row.batch.currency))

    @admin.display(description="VAT on fees")
    def vat(self, row: FeeInvoice) -> SafeString | None:
        return show_money(Money(-row.batch.vat_minor, row.batch.currency))

    @admin.display(description="file")
    def file(self, row: FeeInvoice) -> SafeString | None:
        made = row.batch.files.filter(kind="fee_invoice").first()
        if made is None:
            return None
        address = reverse(f"admin:{FILE_URL}", args=[row.batch_id, made.name])
        return format_html('<a class="tg-link" href="{}">{}</a>', address, made.name)

    @admin.display(description="issued")
    def issued(self, row: FeeInvoice) -> str | None:
        return show_moment(row.created_at)


@admin.register(Issuer)
class IssuerAdmin(OwnedAdmin):
    """One row of an acquirer's: what invoices print from now on."""

    list_display = ("legal_name", "tax_number", "number_prefix", "acquirer")
    list_select_related = ("acquirer",)
    fields = (
        "acquirer", "legal_name", "line1", "line2", "town", "region", "postal_code", "tax_number",
        "number_prefix",
    )  # fmt: skip
    fixed_fields = ("acquirer",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
