"""Members in the console: found by id or card, corrected with a reason, suspended, forgotten."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kernel import ids
from loyalty.card_numbers import read_card_number
from loyalty.member_state import AdjustReason, MemberStatus, labels
from loyalty.models import Consent, Member, PointsEntry
from loyalty.selectors import find_tier
from loyalty.services.adjust import Wanted, adjust_points
from loyalty.services.forget import forget_member
from loyalty.services.suspend import resume_member, suspend_member
from proposals.acts import waits
from proposals.models import Proposal
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.owned_admin import OwnedAdmin, OwnedInline
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment
from tenancy.signed_in import staff_of

ENTRIES_SHOWN = 50


class AdjustForm(Confirm):
    """How many points, and why; ``key`` makes a second click harmless."""

    points = forms.IntegerField(
        min_value=-1_000_000_000, max_value=1_000_000_000, help_text="Below zero: taken away."
    )
    reason = forms.ChoiceField(choices=labels(AdjustReason))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Member, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["key"].initial = ids.new_uuid()


def _adjust(request: HttpRequest, member: Member, said: dict[str, Any]) -> Done:
    made = adjust_points(
        staff_of(request), member, Wanted(said["key"], said["points"], AdjustReason(said["reason"]))
    )
    if isinstance(made, Proposal):
        return waits()
    return Done(_("The member has %(points)d points now.") % {"points": made})


def _forget(request: HttpRequest, member: Member, said: dict[str, Any]) -> Done:
    forget_member(member)
    return Done(_("Who it was is erased; the points stay in the books."))


def _suspend(request: HttpRequest, member: Member, said: dict[str, Any]) -> Done:
    suspend_member(member)
    return Done(_("The member earns and spends nothing from now on."))


def _resume(request: HttpRequest, member: Member, said: dict[str, Any]) -> Done:
    resume_member(member)
    return Done(_("The member earns and spends again."))


def _forgotten(request: HttpRequest, member: Member) -> str:
    return _("The member was forgotten.") if member.is_forgotten else ""


def _is(status: MemberStatus) -> Any:
    return lambda member: member.status != status


MEMBER_ACTS = (
    Act(
        name="adjust",
        label="Adjust the points",
        permission="loyalty.adjust_member",
        form=AdjustForm,
        run=_adjust,
        closed=_forgotten,
    ),
    Act(
        name="suspend",
        label="Suspend",
        permission="loyalty.change_member",
        form=Confirm,
        run=_suspend,
        is_out_of_place=_is(MemberStatus.ACTIVE),
        is_dangerous=True,
        warning="The member earns and spends nothing while suspended.",
    ),
    Act(
        name="resume",
        label="Resume",
        permission="loyalty.change_member",
        form=Confirm,
        run=_resume,
        is_out_of_place=_is(MemberStatus.SUSPENDED),
    ),
    Act(
        name="forget",
        label="Forget for good",
        permission="loyalty.forget_member",
        form=Confirm,
        run=_forget,
        closed=_forgotten,
        is_dangerous=True,
        warning="Name, contact, card and wallets are erased for good; nobody can bring them back.",
    ),
)


class EntryRows(ReadOnly, OwnedInline):
    """The newest entries; all of them stand in their own list."""

    model = PointsEntry
    fields = ("when", "kind", "points", "cause_type", "reason", "made_by")
    readonly_fields = fields
    ordering = ("-id",)
    verbose_name_plural = "newest points"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        member_id = (
            request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        )
        newest = rows.filter(member_id=member_id).order_by("-id").values("id")[:ENTRIES_SHOWN]
        return rows.filter(id__in=list(newest.values_list("id", flat=True)))

    @admin.display(description="when")
    def when(self, row: PointsEntry) -> str | None:
        return show_moment(row.created_at)


class ConsentRows(ReadOnly, OwnedInline):
    model = Consent
    fields = ("purpose", "is_given", "wording_version", "recorded_by", "when")
    readonly_fields = fields
    ordering = ("-id",)

    @admin.display(description="when")
    def when(self, row: Consent) -> str | None:
        return show_moment(row.created_at)


@admin.register(Member)
class MemberAdmin(Acting, ReadOnly, OwnedAdmin):
    """What a person says of themselves is encrypted, and searched for nowhere."""

    acts = MEMBER_ACTS
    fields = (
        "buttons", "programme", "status", "livemode", "card_number", "person_name", "phone",
        "email", "points", "tier", "joined_merchant", "joined", "forgotten", "public_id",
    )  # fmt: skip
    readonly_fields = fields
    secret_fields = frozenset({"card_number", "person_name", "phone", "email"})
    inlines = (ConsentRows, EntryRows)
    list_display = ("public_id", "programme", "status", "points", "livemode", "joined", "acquirer")
    list_filter = ("status", "livemode", "programme")
    list_select_related = ("programme", "acquirer")
    search_fields = ("=id",)
    search_help_text = "A member's id, or the number of their card."

    def find(self, text: str) -> list[Q]:
        return [Q(card_number=read_card_number(text) or "")]

    @admin.display(description="tier")
    def tier(self, row: Member) -> SafeString | str:
        found = find_tier(row)
        return f"{found.name}: {found.benefits}" if found else "-"

    @admin.display(description="joined", ordering="joined_at")
    def joined(self, row: Member) -> str | None:
        return show_moment(row.joined_at)

    @admin.display(description="forgotten at")
    def forgotten(self, row: Member) -> str | None:
        return show_moment(row.forgotten_at)
