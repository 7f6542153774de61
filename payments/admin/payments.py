"""Payments and refunds in the admin: to look at, never to edit. Services alone change them."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kernel.clock import show_time
from payments import timeline
from payments.models import Payment, Refund
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly


@admin.register(Payment)
class PaymentAdmin(ReadOnly, OwnedAdmin):
    """A payment with its story."""

    list_display = ("public_id", "when", "merchant", "store", "money", "status", "acquirer")
    list_filter = ("status", "livemode", "currency")
    list_select_related = ("merchant", "store", "acquirer")
    search_fields = (
        "=merchant_reference",
        "=partner_trans_id",
        "=scheme_transaction_id",
    )
    exclude = ("payment_code_digest", "claim")
    secret_fields = frozenset({"payment_code_digest"})
    readonly_fields = ("timeline",)

    @admin.display(description="created", ordering="created_at")
    def when(self, payment: Payment) -> str | None:
        return show_time(payment.created_at)

    @admin.display(description="amount")
    def money(self, payment: Payment) -> str:
        return str(payment.amount)

    @admin.display(description="what happened")
    def timeline(self, payment: Payment) -> SafeString:
        return render_to_string("payments/timeline.html", {"moments": timeline.tell(payment)})


@admin.register(Refund)
class RefundAdmin(ReadOnly, OwnedAdmin):
    """A refund and where it stands."""

    list_display = ("public_id", "when", "merchant", "money", "status", "acquirer")
    list_filter = ("status", "livemode")
    list_select_related = ("merchant", "acquirer")
    search_fields = ("=merchant_refund_reference", "=partner_refund_id")
    exclude = ("claim",)

    @admin.display(description="created", ordering="created_at")
    def when(self, refund: Refund) -> str | None:
        return show_time(refund.created_at)

    @admin.display(description="amount")
    def money(self, refund: Refund) -> str:
        return str(refund.amount)
