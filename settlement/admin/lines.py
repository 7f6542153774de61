"""The lines of settlement batches: each with the payment that it settles."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel import ids
from kernel.ids import InvalidId
from payments.models import Payment, Refund
from settlement.models import Batch, FeeVersion, Line, VatRate
from tenancy.links import link
from tenancy.listing.filters import Days
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import money_of, show_moment

_OF_BATCH = "batch__id__exact"
_END = 8  # characters of an id: they differ, where the beginning tells the time
_AMOUNTS = ("gross", "fee", "vat", "net")


@admin.register(Line)
class LineAdmin(ReadOnly, OwnedAdmin):
    """Signed from the merchant's view: a sale is above zero, its fee below."""

    list_display = (
        "when", "what", *(f"{name}_money" for name in _AMOUNTS), "settled_with", "acquirer",
    )  # fmt: skip
    list_filter = (Days,)
    list_filter_submit = True
    list_select_related = ("batch", "merchant", "acquirer")
    search_fields = ("payment_id",)
    search_help_text = "A line's id, or that of its payment or settlement batch."
    fields = (
        "batch", "merchant", "kind", "about", "when", "business_date",
        *(f"{name}_money" for name in _AMOUNTS), "charged_by", "taxed_by", "entry",
    )  # fmt: skip
    readonly_fields = (
        "about",
        "when",
        "charged_by",
        "taxed_by",
        "entry",
        *(f"{name}_money" for name in _AMOUNTS),
    )

    def find(self, text: str) -> list[Q]:
        for model, column in ((Payment, "payment_id"), (Batch, "batch_id")):
            try:
                return [Q(**{column: model.public_id_to_uuid(text)})]
            except InvalidId:
                continue
        return []

    def get_ordering(self, request: HttpRequest) -> Any:
        """One batch's lines are walked by the index of that batch."""
        return ("booked_at", "pk") if _OF_BATCH in request.GET else self.ordering

    @admin.display(description="posted")
    def when(self, row: Line) -> str | None:
        return show_moment(row.booked_at)

    @admin.display(description="about")
    def about(self, row: Line) -> SafeString | None:
        public_id = _about(row)
        return None if public_id is None else link(public_id)

    @admin.display(description="kind")
    def what(self, row: Line) -> SafeString:
        """The kind, over the end of the id that it is about: a list has no room for more."""
        kind, public_id = row.get_kind_display(), _about(row)
        if public_id is None:
            return format_html("{}", kind)
        return format_html("{}<br>{}", kind, link(public_id, f"…{public_id[-_END:]}"))

    @admin.display(description="batch")
    def settled_with(self, row: Line) -> SafeString:
        """The batch, by its business day."""
        return link(row.batch.public_id, str(row.batch.business_date))

    @admin.display(description="fee version")
    def charged_by(self, row: Line) -> SafeString | None:
        if row.fee_version_id is None:
            return None
        version = FeeVersion.objects.select_related("plan").filter(id=row.fee_version_id).first()
        return None if version is None else link(version.public_id, str(version))

    @admin.display(description="VAT rate")
    def taxed_by(self, row: Line) -> SafeString | None:
        if row.vat_rate_id is None:
            return None
        rate = VatRate.objects.filter(id=row.vat_rate_id).first()
        return None if rate is None else link(rate.public_id, str(rate))

    @admin.display(description="entry")
    def entry(self, row: Line) -> SafeString:
        return link(ids.encode("len", row.entry_id))


def _about(row: Line) -> str | None:
    """The refund or payment that it settles."""
    if row.refund_id is not None:
        return ids.encode(Refund.PREFIX, row.refund_id)
    return None if row.payment_id is None else ids.encode(Payment.PREFIX, row.payment_id)


for _name, _title in zip(_AMOUNTS, ("gross", "fee", "VAT", "net"), strict=True):
    setattr(LineAdmin, f"{_name}_money", money_of(f"{_name}_minor", _title))
