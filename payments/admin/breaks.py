"""Breaks in the admin: both sides' evidence, what was done, what is left for a person."""

from django.contrib import admin

from kernel.clock import show_time
from payments.contradictions import EXPLANATIONS
from payments.models import Break
from payments.presentation import show_break
from payments.state import BreakKind
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly


@admin.register(Break)
class BreakAdmin(ReadOnly, OwnedAdmin):
    """Open ones that need a person come first."""

    list_display = ("public_id", "when", "kind", "status", "needs_person", "payment", "acquirer")
    list_filter = ("status", "needs_person", "kind", "livemode")
    list_select_related = ("payment", "acquirer")
    readonly_fields = ("message", "done", "left")
    ordering = ("-needs_person", "-pk")

    @admin.display(description="opened", ordering="created_at")
    def when(self, difference: Break) -> str | None:
        return show_time(difference.created_at)

    @admin.display(description="what it means")
    def message(self, difference: Break) -> str:
        return EXPLANATIONS[BreakKind(difference.kind)].message

    @admin.display(description="what the platform does")
    def done(self, difference: Break) -> str:
        return EXPLANATIONS[BreakKind(difference.kind)].done

    @admin.display(description="what is left for a person")
    def left(self, difference: Break) -> str:
        return str(show_break(difference)["left"]) or "nothing"
