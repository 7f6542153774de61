"""A merchant's page: by which plan it is charged, and the button that assigns one."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kernel import clock
from merchants.admin.merchants import MerchantAdmin
from merchants.models import Merchant
from proposals.acts import waits
from proposals.models import Proposal
from settlement.admin.fee_plans import show_version
from settlement.fees.terms import today_in
from settlement.models import FeeAssignment, FeePlan
from settlement.selectors import assignment_at, version_at
from settlement.services.assign_plan import assign_plan
from tenancy.acting_admin import Act, Confirm, Done, day, why
from tenancy.signed_in import staff_of

_COMING = 5  # assignments that have not started, shown on a merchant's page


class AssignForm(Confirm):
    """Which plan, from which day on, and why."""

    plan: Any = forms.ModelChoiceField(None, required=False, empty_label=lazy("none: no fees"))
    starts_on = day(
        help_text="Sales of this day, in the acquirer's time zone, are the first.",
    )
    reason = why()

    def __init__(self, *args: Any, row: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        plans = FeePlan.objects.filter(acquirer_id=row.acquirer_id).order_by("name")
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]
        today = today_in(row.acquirer.time_zone, clock.now())
        has_one = FeeAssignment.objects.filter(merchant=row).exists()
        self.fields["starts_on"].initial = today + timedelta(days=has_one)


def _assign(request: HttpRequest, merchant: Merchant, said: dict[str, Any]) -> Done:
    made = assign_plan(
        staff_of(request), merchant, said["plan"], said["starts_on"], reason=said["reason"]
    )
    if isinstance(made, Proposal):
        return waits()
    return Done(_("It holds from %(day)s on.") % {"day": made.starts_on})


ASSIGN = Act(
    name="fee_plan",
    label="Assign a fee plan",
    permission="settlement.add_feeassignment",
    form=AssignForm,
    run=_assign,
    warning="Its sales are charged by the plan from that day on.",
)
MerchantAdmin.add_act(ASSIGN)


def render_fees(request: HttpRequest, merchant: Merchant) -> SafeString:
    """The plan in force with its prices, and what is coming; or that there is none."""
    if not request.user.has_perm("settlement.view_feeassignment"):
        return mark_safe("")
    now = clock.now()
    row = assignment_at(merchant.id, now)
    plan = row.plan if row is not None else None
    version = plan and version_at(plan, now)
    coming = FeeAssignment.objects.filter(merchant=merchant, starts_at__gt=now)
    context = {
        "assignment": row if plan else None,
        "shown": show_version(version) if version else None,
        "coming": coming.select_related("plan").order_by("starts_at", "id")[:_COMING],
    }
    return render_to_string("settlement/fees_of_merchant.html", context)
