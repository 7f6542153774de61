"""Payments and refunds in the admin: to look at and to act on, never to edit."""

from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledger.panel import render_entries_of
from payments import timeline
from payments.admin import panels
from payments.admin.acts import PAYMENT_ACTS
from payments.admin.story import render_story
from payments.models import Payment, Refund
from payments.selectors import where_payment, where_refund, with_public_status
from payments.state import PUBLIC, RefundStatus, Status
from tenancy.acting_admin import Acting
from tenancy.listing.filters import Among, Days, among
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import money_of, show_moment, show_money


def _rest(model: Any, *hidden: str) -> tuple[str, ...]:
    """Every other column, for who wants them all."""
    names = (field.name for field in model._meta.concrete_fields if field.name not in hidden)
    return tuple(name.replace("_minor", "_money") for name in names)


# In the statement's own text: a plan that is kept for every status could not know otherwise that
# the index of those that did not succeed will do, and would walk past all the others.
_THAT_FAILED = RawSQL("payments_payment.status IN ('failed', 'canceled')", [], BooleanField())
_ENDED_BADLY = (PUBLIC[Status.FAILED], PUBLIC[Status.CANCELED])


class StatusFilter(Among):
    """The API's words; in doubt are all that have not ended."""

    title = "status"
    parameter_name = "status"
    words = tuple((word, word) for word in dict.fromkeys(PUBLIC.values()))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if (word := self.value()) is None:
            return queryset
        # What has not ended is owed work: that index is small.
        owed = {"due_at__isnull": False} if word == PUBLIC[Status.PROCESSING] else {}
        rows = with_public_status(queryset, word).filter(**owed)
        return rows.filter(_THAT_FAILED) if word in _ENDED_BADLY else rows


@admin.register(Payment)
class PaymentAdmin(ReadOnly, Acting, OwnedAdmin):
    """A payment with what is wrong, what may be done, and its story."""

    acts = PAYMENT_ACTS
    list_display = ("public_id", "when", "merchant_and_store", "money", "status", "acquirer")
    list_filter = (Days, StatusFilter, "livemode")
    list_filter_submit = True
    list_select_related = ("merchant", "store", "terminal", "acquirer")
    page_select_related = ("merchant", "store", "terminal", "partner_account", "acquirer")
    search_fields = ("merchant_reference",)
    search_help_text = "A payment's id, reference, id at Alipay, or Alipay's transaction number."
    secret_fields = frozenset({"payment_code_digest"})
    panels = ("trouble", "summary", "buttons", "timeline", "refunds", "entries")
    rest = _rest(Payment, "payment_code_digest", "claim")
    amount_money = money_of("amount_minor", "amount")
    discount_money = money_of("discount_minor", "discount")
    reduction_money = money_of("reduction_minor", "taken off by coupons and points")
    reduction_borne_money = money_of("reduction_borne_minor", "of it, the acquirer's cost")
    refund_reserved_money = money_of("refund_reserved_minor", "refunds asked for")
    refunded_money = money_of("refunded_minor", "refunded")
    payer_amount_money = money_of("payer_amount_minor", "the payer's amount", "payer_currency")
    readonly_fields = (*panels, *(name for name in rest if name.endswith("_money")))
    fieldsets = (
        (None, {"fields": panels[:3]}),
        ("What happened", {"fields": ("timeline",)}),
        ("Refunds", {"fields": ("refunds",)}),
        ("In the books", {"fields": ("entries",)}),
        ("Every column", {"fields": rest, "classes": ("collapse",)}),
    )

    def find(self, text: str) -> list[Q]:
        return where_payment(text)

    @admin.display(description="created", ordering="id")
    def when(self, payment: Payment) -> str | None:
        return show_moment(payment.created_at)

    @admin.display(description="merchant")
    def merchant_and_store(self, payment: Payment) -> SafeString:
        """The merchant, over the store: a list has no room for two columns of names."""
        return format_html("{}<br>{}", payment.merchant, payment.store)

    @admin.display(description="amount")
    def money(self, payment: Payment) -> SafeString | None:
        return show_money(payment.amount)

    @admin.display(description="")
    def trouble(self, payment: Payment) -> SafeString:
        request: HttpRequest = payment.asked_by  # type: ignore[attr-defined]
        return panels.render_trouble(request, payment)

    @admin.display(description="")
    def summary(self, payment: Payment) -> SafeString:
        return panels.render_summary(payment)

    @admin.display(description="")
    def timeline(self, payment: Payment) -> SafeString:
        return render_story(timeline.tell(payment))

    @admin.display(description="")
    def refunds(self, payment: Payment) -> SafeString:
        return panels.render_refunds(payment)

    @admin.display(description="")
    def entries(self, payment: Payment) -> SafeString:
        return panels.render_books(payment)


@admin.register(Refund)
class RefundAdmin(ReadOnly, Acting, OwnedAdmin):
    """A refund, where it stands, and its story."""

    list_display = ("public_id", "when", "merchant", "money", "status", "acquirer")
    list_filter = (Days, among("status", "status", RefundStatus), "livemode")
    list_filter_submit = True
    list_select_related = ("merchant", "payment", "acquirer")
    search_fields = ("merchant_refund_reference",)
    search_help_text = "A refund's id, its reference, or its id at Alipay."
    amount_money = money_of("amount_minor", "amount")
    reduction_money = money_of("reduction_minor", "of what was taken off")
    reduction_borne_money = money_of("reduction_borne_minor", "of it, the acquirer's cost")
    readonly_fields = (
        "summary", "timeline", "entries", "amount_money", "reduction_money",
        "reduction_borne_money",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("summary",)}),
        ("What happened", {"fields": ("timeline",)}),
        ("In the books", {"fields": ("entries",)}),
        ("Every column", {"fields": _rest(Refund, "claim"), "classes": ("collapse",)}),
    )

    def find(self, text: str) -> list[Q]:
        return where_refund(text)

    @admin.display(description="created", ordering="id")
    def when(self, refund: Refund) -> str | None:
        return show_moment(refund.created_at)

    @admin.display(description="amount")
    def money(self, refund: Refund) -> SafeString | None:
        return show_money(refund.amount)

    @admin.display(description="")
    def summary(self, refund: Refund) -> SafeString:
        return panels.render_refund_summary(refund)

    @admin.display(description="")
    def timeline(self, refund: Refund) -> SafeString:
        return render_story(timeline.tell_refund(refund))

    @admin.display(description="")
    def entries(self, refund: Refund) -> SafeString:
        return render_entries_of(("refund", refund.id))
