"""Proposals in the console: an inbox, and a page to compare and decide; and the rules."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from proposals import rules_admin  # noqa: F401 - registers the rules
from proposals.acts import ACTS
from proposals.kinds import KINDS
from proposals.models import Proposal
from proposals.state import Status
from tenancy.acting_admin import Acting
from tenancy.links import link
from tenancy.listing.filters import Among
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment

_TONES = {Status.APPROVED: "tg-good", Status.REFUSED: "tg-bad"}


class KindFilter(Among):
    """The kinds that are registered; the table is not read for them."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.name, _(kind.label)) for kind in KINDS.values()]


@admin.register(Proposal)
class ProposalAdmin(ReadOnly, Acting, OwnedAdmin):
    """Whoever may see proposals sees all of the acquirer's; who may decide is the kind's matter."""

    acts = ACTS
    fields = (
        "buttons",
        "acquirer",
        "what",
        "about",
        "state",
        "reason",
        "proposer",
        "when",
        "ends",
        "comparison",
        "decided_by",
        "decided",
        "decision_reason",
        "outcome",
    )
    readonly_fields = fields
    list_display = ("what", "subject_label", "state", "proposer", "when", "acquirer")
    list_display_links = ("what", "subject_label")
    list_filter = ("status", KindFilter)
    list_select_related = ("proposed_by", "acquirer")
    search_fields = ("=subject",)
    secret_fields = frozenset({"payload"})
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        ended = ("decided_by", "decided", "decision_reason", "outcome")
        pending = obj is not None and obj.is_pending
        return [name for name in fields if not (pending and name in ended)]

    @admin.display(description="what", ordering="kind")
    def what(self, proposal: Proposal) -> str:
        return _(proposal.label)

    @admin.display(description="proposed by", ordering="proposed_by")
    def proposer(self, proposal: Proposal) -> str:
        return proposal.proposer

    @admin.display(description="about")
    def about(self, proposal: Proposal) -> SafeString:
        return format_html("{} · {}", proposal.subject_label, link(proposal.subject))

    @admin.display(description="status", ordering="status")
    def state(self, proposal: Proposal) -> SafeString:
        tone = _TONES.get(Status(proposal.status), "")
        return format_html('<span class="tg-pill {}">{}</span>', tone, proposal.status)

    @admin.display(description="proposed", ordering="id")
    def when(self, proposal: Proposal) -> str | None:
        return show_moment(proposal.created_at)

    @admin.display(description="expires")
    def ends(self, proposal: Proposal) -> str | None:
        return show_moment(proposal.expires_at)

    @admin.display(description="decided")
    def decided(self, proposal: Proposal) -> str | None:
        return show_moment(proposal.decided_at)

    @admin.display(description="before and after")
    def comparison(self, proposal: Proposal) -> SafeString:
        return render_to_string("proposals/compare.html", {"proposal": proposal})

    @admin.display(description="what came of it")
    def outcome(self, proposal: Proposal) -> SafeString | str:
        return link(proposal.result) if proposal.result else "nothing"
