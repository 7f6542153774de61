"""What a person may do with a proposal: approve, refuse, withdraw; and what began as an act."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel import clock
from proposals.kinds import KINDS
from proposals.models import Proposal
from proposals.services.decide import approve, refuse
from proposals.services.propose import withdraw
from proposals.state import Status
from tenancy.acting_admin import Act, Confirm, Done, Reason
from tenancy.scope import tenant_scope
from tenancy.signed_in import staff_of

_VIEW = "proposals.view_proposal"


class ApproveForm(Confirm):
    """A word of one's own is not needed to say yes."""

    reason = forms.CharField(max_length=256, required=False, label="Remark")


def waits(about: str = "") -> Done:
    """What is said where an act became a proposal; ``about`` as in Done."""
    return Done(_("It needs a second person: the proposal waits in the inbox."), about=about)


def _ended(proposal: Proposal) -> str:
    if not proposal.is_pending:
        return f"It is {proposal.status} already."
    return "Its time has passed." if proposal.expires_at <= clock.now() else ""


def _closed_to_decide(request: HttpRequest, proposal: Proposal) -> str:
    if ended := _ended(proposal):
        return ended
    if proposal.proposed_by_id == request.user.pk:
        return "You, or a key of yours, proposed it: another person must decide."
    kind = KINDS.get(proposal.kind)
    may = kind is not None and request.user.has_perm(kind.may_approve)
    return "" if may else "Your role may not decide on this."


def _closed_to_withdraw(request: HttpRequest, proposal: Proposal) -> str:
    if ended := _ended(proposal):
        return ended
    return "" if proposal.proposed_by_id == request.user.pk else "Only the proposer may."


def _approve(request: HttpRequest, proposal: Proposal, said: dict[str, Any]) -> Done:
    staff = staff_of(request)
    with tenant_scope(proposal.acquirer_id):
        decision = approve(proposal.id, staff=staff, reason=said["reason"])
    if decision.proposal.status != Status.APPROVED:
        return Done(_("Refused. %s") % decision.proposal.decision_reason, messages.WARNING)
    return Done(_("Approved, and done."), shown_once=decision.shown_once)


def _refuse(request: HttpRequest, proposal: Proposal, said: dict[str, Any]) -> Done:
    staff = staff_of(request)
    with tenant_scope(proposal.acquirer_id):
        refuse(proposal.id, staff=staff, reason=said["reason"])
    return Done(_("Refused; nothing has changed."))


def _withdraw(request: HttpRequest, proposal: Proposal, said: dict[str, Any]) -> Done:
    staff = staff_of(request)
    with tenant_scope(proposal.acquirer_id):
        withdraw(proposal.id, staff=staff)
    return Done(_("Withdrawn; nothing has changed."))


def _facts(proposal: Proposal) -> list[tuple[str, Any]]:
    changed = [line for line in proposal.changes() if line["has_changed"]]
    return [
        ("what", proposal.label),
        ("about", proposal.subject_label),
        ("proposed by", proposal.proposer),
        ("because", proposal.reason),
        *((line["name"], f"{line['before'] or 'nothing'} → {line['after']}") for line in changed),
    ]


ACTS = (
    Act(
        "approve", "Approve", _VIEW, ApproveForm, _approve, _closed_to_decide,
        "It is done at once, in both your names.", facts=_facts,
    ),
    Act("refuse", "Refuse", _VIEW, Reason, _refuse, _closed_to_decide, is_dangerous=True,
        facts=_facts),
    Act("withdraw", "Withdraw", _VIEW, Confirm, _withdraw, _closed_to_withdraw, facts=_facts),
)  # fmt: skip
