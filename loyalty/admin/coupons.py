"""Coupons and redemptions in the console: to look up, to withdraw, never to edit."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from loyalty.campaign_state import CouponStatus, RedemptionStatus
from loyalty.coupon_codes import read_code, show_code
from loyalty.models import Coupon, Redemption
from loyalty.services.issue import withdraw
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.links import link
from tenancy.listing.filters import among
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import money_of


def _withdraw(request: HttpRequest, coupon: Coupon, said: dict[str, Any]) -> Done:
    withdraw(coupon)
    return Done(_("The coupon is worth nothing any more."))


def _is_withdrawn(request: HttpRequest, coupon: Coupon) -> str:
    return "" if coupon.status == CouponStatus.ACTIVE else _("It was withdrawn already.")


@admin.register(Coupon)
class CouponAdmin(ReadOnly, Acting, OwnedAdmin):
    """A code, how often it may still be used, and whose it is."""

    acts = (
        Act(
            name="withdraw",
            label="Withdraw",
            permission="loyalty.change_campaign",
            form=Confirm,
            run=_withdraw,
            closed=_is_withdrawn,
            warning="Whoever has the coupon cannot use it any more.",
            is_dangerous=True,
        ),
    )
    list_display = ("public_id", "shown", "campaign", "status", "left", "livemode", "acquirer")
    list_filter = (among("status", "status", CouponStatus), "livemode")
    list_select_related = ("campaign", "acquirer")
    search_fields = ("=code",)
    search_help_text = "A coupon's id, or its code."
    fields = ("buttons", "public_id", "shown", "campaign", "status", "left", "reserved_count",
              "redeemed_count", "member", "issued_by", "created_at")  # fmt: skip
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        code = read_code(search_term)
        return super().get_search_results(request, queryset, code or search_term)

    @admin.display(description="code")
    def shown(self, coupon: Coupon) -> str:
        return show_code(coupon.code)

    @admin.display(description="uses left")
    def left(self, coupon: Coupon) -> int | None:
        return coupon.uses_left


@admin.register(Redemption)
class RedemptionAdmin(ReadOnly, OwnedAdmin):
    """What a coupon took off a payment, and what became of it."""

    list_display = ("public_id", "campaign", "about", "amount_money", "status", "merchant",
                    "acquirer")  # fmt: skip
    list_filter = (among("status", "status", RedemptionStatus),)
    list_select_related = ("campaign", "payment", "merchant", "acquirer")
    amount_money = money_of("amount_minor", "taken off")
    returned_money = money_of("returned_minor", "given back by refunds of a part")
    fields = ("public_id", "campaign", "coupon", "about", "amount_money", "returned_money",
              "status", "merchant", "ended_at", "created_at")  # fmt: skip
    readonly_fields = fields

    @admin.display(description="payment")
    def about(self, redemption: Redemption) -> Any:
        return link(redemption.payment.public_id)
