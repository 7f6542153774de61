"""Which plan a merchant is charged by, from a day on: set by one person, approved by another."""

from datetime import date
from typing import Any

from django.db import transaction

from kernel import clock
from merchants.models import Merchant
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_may, check_reason, propose
from settlement.fees.terms import first_instant, today_in
from settlement.models import FeeAssignment, FeePlan
from settlement.selectors import latest_assignment, version_at
from tenancy.models import Staff
from tenancy.saving import faulty, save_checked
from tenancy.scope import tenant_scope

NO_PLAN = "none: no fees"


def assign_plan(
    staff: Staff, merchant: Merchant, plan: FeePlan | None, starts_on: date, *, reason: str
) -> FeeAssignment | Proposal:
    """Charge the merchant by the plan from that day on, or by none; or propose it.

    Raises Forbidden ``role_not_allowed``, Rejected naming the faulty field, and as ``propose``.
    """
    check_may(FEE_ASSIGNMENT, staff)
    text = check_reason(reason)
    with tenant_scope(merchant.acquirer_id):
        _check(merchant, plan, starts_on)
        if needs_second_person(FEE_ASSIGNMENT, merchant.acquirer_id):
            return propose(
                FEE_ASSIGNMENT,
                acquirer_id=merchant.acquirer_id,
                subject=merchant.public_id,
                subject_label=str(merchant),
                payload=_pack(plan, starts_on),
                after=_facts(plan, starts_on),
                staff=staff,
                reason=text,
            )
        return make_assignment(merchant, plan, starts_on, made_by=staff.actor)


def make_assignment(
    merchant: Merchant,
    plan: FeePlan | None,
    starts_on: date,
    *,
    made_by: str,
    approved_by: str = "",
) -> FeeAssignment:
    """The row itself, in the merchant's tenant scope; raises Rejected naming the faulty field."""
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(id=merchant.id)
        _check(merchant, plan, starts_on)
        zone = merchant.acquirer.time_zone
        row = FeeAssignment(
            acquirer_id=merchant.acquirer_id,
            merchant=merchant,
            plan=plan,
            starts_on=starts_on,
            zone=zone,
            starts_at=first_instant(starts_on, zone),
            made_by=made_by,
            approved_by=approved_by,
        )
        save_checked(row)
    return row


def _check(merchant: Merchant, plan: FeePlan | None, starts_on: date) -> None:
    today = today_in(merchant.acquirer.time_zone, clock.now())
    if starts_on < today:
        raise faulty("starts_on", f"Not before {today}: what was charged stays.")
    if plan is not None and plan.acquirer_id != merchant.acquirer_id:
        raise faulty("plan", "This plan is another acquirer's.")
    last = latest_assignment(merchant.id)
    if last is not None and starts_on < last.starts_on:
        raise faulty("starts_on", f"Not before {last.starts_on}, when the last one starts.")
    begins = first_instant(starts_on, merchant.acquirer.time_zone)
    if plan is not None and version_at(plan, begins) is None:
        raise faulty("plan", "No version of this plan has started on that day.")


def _pack(plan: FeePlan | None, starts_on: date) -> dict[str, Any]:
    return {"plan": plan and plan.public_id, "starts_on": starts_on.isoformat()}


def _facts(plan: FeePlan | None, starts_on: date) -> Facts:
    return {"fee plan": plan.name if plan else NO_PLAN, "starts on": starts_on.isoformat()}


def _merchant(subject: str) -> Merchant:
    return Merchant.objects.get(id=Merchant.public_id_to_uuid(subject))


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    row = latest_assignment(_merchant(subject).id)
    return {} if row is None else _facts(row.plan, row.starts_on)


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    said = proposal.content
    plan = said["plan"] and FeePlan.objects.get(id=FeePlan.public_id_to_uuid(said["plan"]))
    row = make_assignment(
        _merchant(proposal.subject),
        plan or None,
        date.fromisoformat(said["starts_on"]),
        made_by=proposal.actor,
        approved_by=staff.actor,
    )
    return Applied(row.public_id)


FEE_ASSIGNMENT = register(
    Kind(
        name="fee_assignment",
        label="Fee plan of a merchant",
        may_propose="settlement.add_feeassignment",
        may_approve="settlement.approve_feeassignment",
        read=_read,
        apply=_apply,
    )
)
