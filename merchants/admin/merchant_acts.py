"""The steps of a merchant as buttons, one by one and for many; and the picture of its way."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kernel.errors import TillgateError
from merchants.completeness import missing_of
from merchants.models import Merchant
from merchants.onboarding import PLATFORM, RULES, UNFINISHED, WAY, Standing, Step
from merchants.services.move_merchant import move_merchant
from tenancy.acting_admin import Act, Confirm, Done, Reason, in_words
from tenancy.signed_in import staff_of

STEPS_SHOWN = 20
_FIRST = {"registered_address": "registered_line1"}  # where typing it begins
AT_ONCE_LIMIT = 500  # merchants of one action


def _move(step: Step, request: HttpRequest, row: Merchant, content: dict[str, Any]) -> Done:
    moved = move_merchant(
        row.id, step, actor=staff_of(request).actor, reason=content.get("reason", "")
    )
    return Done(
        _("%(merchant)s is %(status)s now.")
        % {"merchant": moved, "status": str(moved.get_status_display()).lower()}
    )


def _closed(step: Step, request: HttpRequest, row: Merchant) -> str:
    """Why the step is not possible now, or ""."""
    rule = RULES[step]
    if _is_elsewhere(step, row):
        status = str(row.get_status_display()).lower()
        return _("The merchant is %(status)s.") % {"status": status}
    if rule.needs_complete and (missing := missing_of(row)):
        names = _(", ").join(str(_(need.label)).lower() for need in missing)
        return _("Missing: %(names)s.") % {"names": names}
    return ""


def _is_elsewhere(step: Step, row: Merchant) -> bool:
    return Standing(row.status) not in RULES[step].sources


MERCHANT_ACTS = tuple(
    Act(
        name=step.value,
        label=step.label,
        permission=rule.permission,
        form=Reason if rule.needs_reason else Confirm,
        run=partial(_move, step),
        closed=partial(_closed, step),
        is_out_of_place=partial(_is_elsewhere, step),
        is_dangerous=step in {Step.SUSPEND, Step.CLOSE},
        warning="Its tills are refused from that moment on."
        if step in {Step.SUSPEND, Step.CLOSE}
        else "",
    )
    for step, rule in RULES.items()
    if rule.permission != PLATFORM
)


def render_way(merchant: Merchant) -> SafeString:
    """Where the merchant stands, what is missing, where its stores stand, and its history."""
    standing = Standing(merchant.status)
    place = WAY.index(standing) if standing in WAY else -1
    context = {
        "merchant": merchant,
        "aside": "" if standing in WAY else standing.label,
        "way": [
            {"label": each.label, "is_done": number < place, "is_here": number == place}
            for number, each in enumerate(WAY)
        ],
        "missing": [
            (need.label, _where(merchant, need.field))
            for need in (missing_of(merchant) if standing in UNFINISHED else [])
        ],
        "registrations": merchant.registrations.select_related("store", "partner_account")[:50],
        "steps": merchant.steps.order_by("-id")[:STEPS_SHOWN],
    }
    return render_to_string("merchants/way.html", context)


def _where(merchant: Merchant, field: str) -> str:
    """The page, or the place on it, where this is given."""
    if field == "stores":
        return f"{reverse('admin:merchants_store_add')}?merchant={merchant.pk}"
    return f"#id_{_FIRST.get(field, field)}"


def move_many(request: HttpRequest, rows: QuerySet[Merchant, Merchant], step: Step) -> None:
    """Make the step for each of the chosen; who cannot is said with the reason, and left."""
    moved = 0
    for merchant in rows[:AT_ONCE_LIMIT]:
        try:
            move_merchant(merchant.id, step, actor=staff_of(request).actor)
            moved += 1
        except TillgateError as refusal:
            messages.warning(request, f"{merchant}: {in_words(refusal)}")
    messages.success(
        request, _("%(step)s: %(count)d done.") % {"step": _(step.label), "count": moved}
    )
