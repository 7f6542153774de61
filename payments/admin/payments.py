"""Payments and refunds in the admin: to look at, never to edit. Services alone change them."""

from django.contrib import admin

from payments.admin.read_only import PartOfPayment, ReadOnly
from payments.models import Attempt, Payment, Refund, Transition
from payments.presentation import show_time
from tenancy.owned_admin import OwnedAdmin


class TransitionRows(PartOfPayment, admin.TabularInline):  # type: ignore[type-arg]
    """The payment's history."""

    model = Transition
    fields = ("created_at", "from_status", "event", "to_status", "actor", "refund")
    readonly_fields = fields
    ordering = ("id",)
    extra = 0


class AttemptRows(PartOfPayment, admin.TabularInline):  # type: ignore[type-arg]
    """Each call to Alipay with its masked evidence."""

    model = Attempt
    fields = ("created_at", "kind", "result", "code", "duration_ms", "http_status", "error")
    readonly_fields = fields
    ordering = ("id",)
    extra = 0


@admin.register(Payment)
class PaymentAdmin(ReadOnly, OwnedAdmin):
    """A payment with its history and its calls."""

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
    inlines = (TransitionRows, AttemptRows)

    @admin.display(description="created", ordering="created_at")
    def when(self, payment: Payment) -> str | None:
        return show_time(payment.created_at)

    @admin.display(description="amount")
    def money(self, payment: Payment) -> str:
        return str(payment.amount)


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
