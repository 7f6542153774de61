"""Breaks in the admin: both sides' evidence, what was done, what is left for a person."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from payments.admin.acts import BREAK_ACTS
from payments.contradictions import EXPLANATIONS
from payments.models import Break
from payments.presentation import show_break
from payments.state import BreakKind
from tenancy.acting_admin import Acting
from tenancy.links import link
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment


@admin.register(Break)
class BreakAdmin(ReadOnly, Acting, OwnedAdmin):
    """Open ones that need a person come first."""

    acts = BREAK_ACTS

    list_display = ("public_id", "when", "kind", "status", "needs_person", "payment", "acquirer")
    list_filter = ("status", "needs_person", "kind", "livemode")
    list_select_related = ("payment", "acquirer")
    readonly_fields = ("buttons", "message", "done", "left", "on")
    fields = (
        "buttons",
        "kind",
        "status",
        "on",
        "refund",
        "merchant",
        "livemode",
        "message",
        "done",
        "left",
        "ours",
        "theirs",
        "created_at",
        "ended_at",
        "outcome",
        "resolution",
        "resolved_by",
    )
    ordering = ("-needs_person", "-pk")

    @admin.display(description="opened", ordering="id")
    def when(self, difference: Break) -> str | None:
        return show_moment(difference.created_at)

    @admin.display(description="payment")
    def on(self, difference: Break) -> SafeString:
        payment = difference.payment
        return format_html("{} · {}", payment.amount, link(payment.public_id))

    @admin.display(description="what it means")
    def message(self, difference: Break) -> str:
        return _(EXPLANATIONS[BreakKind(difference.kind)].message)

    @admin.display(description="what the platform does")
    def done(self, difference: Break) -> str:
        return _(EXPLANATIONS[BreakKind(difference.kind)].done)

    @admin.display(description="what is left for a person")
    def left(self, difference: Break) -> str:
        return str(show_break(difference)["left"]) or "nothing"
