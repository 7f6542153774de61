"""Making fee plans, and changing them: a change is a new version, by two people where it counts.

A plan that no merchant is charged by is one person's draft; from its first assignment on another
person approves each version. None starts before tomorrow: the past stays as it was charged.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction

from kernel import clock
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_may, check_reason, propose
from settlement.fees.prices import check_prices
from settlement.fees.terms import Terms, first_instant, today_in
from settlement.models import FeeAssignment, FeePlan, FeePrice, FeeVersion
from settlement.selectors import latest_version
from tenancy.models import Acquirer, Staff
from tenancy.saving import faulty, save_checked
from tenancy.scope import tenant_scope


def create_plan(acquirer: Acquirer, name: str, terms: Terms, *, made_by: str) -> FeeVersion:
    """A plan with its first version, which may start on any day: nobody is charged by it yet.

    Raises Rejected naming the faulty field, Conflict ``already_exists`` for the name.
    """
    with tenant_scope(acquirer.id), transaction.atomic():
        plan = FeePlan(acquirer=acquirer, name=name.strip())
        save_checked(plan)
        return _append(plan, terms, made_by=made_by)


def change_plan(staff: Staff, plan: FeePlan, terms: Terms, *, reason: str) -> FeeVersion | Proposal:
    """Append a version, or propose it where merchants are charged by the plan.

    Raises Forbidden ``role_not_allowed``, Rejected naming the faulty field, and as ``propose``.
    """
    check_may(FEE_VERSION, staff)
    text = check_reason(reason)
    with tenant_scope(plan.acquirer_id), transaction.atomic():
        _check(plan, terms)
        if _is_charged_by(plan) and needs_second_person(FEE_VERSION, plan.acquirer_id):
            return propose(
                FEE_VERSION,
                acquirer_id=plan.acquirer_id,
                subject=plan.public_id,
                subject_label=plan.name,
                payload=terms.pack(),
                after=terms.facts(),
                staff=staff,
                reason=text,
            )
        return _append(plan, terms, made_by=staff.actor)


def _is_charged_by(plan: FeePlan) -> bool:
    return FeeAssignment.objects.filter(plan=plan).exists()


def _check(plan: FeePlan, terms: Terms) -> None:
    check_prices(list(terms.prices))
    tomorrow = today_in(plan.acquirer.time_zone, clock.now()) + timedelta(days=1)
    if terms.starts_on < tomorrow and latest_version(plan) is not None:
        raise faulty("starts_on", f"Not before {tomorrow}: what was charged stays.")


def _append(plan: FeePlan, terms: Terms, *, made_by: str, approved_by: str = "") -> FeeVersion:
    """The version and its prices, in the transaction that is open; two at once come in turn."""
    plan = FeePlan.objects.select_for_update(no_key=True).get(id=plan.id)
    _check(plan, terms)
    last, zone = latest_version(plan), plan.acquirer.time_zone
    version = FeeVersion(
        acquirer_id=plan.acquirer_id,
        plan=plan,
        number=1 if last is None else last.number + 1,
        starts_on=terms.starts_on,
        zone=zone,
        starts_at=first_instant(terms.starts_on, zone),
        tiers=terms.tiers,
        rounding=terms.rounding,
        on_refund=terms.on_refund,
        on_cancel=terms.on_cancel,
        made_by=made_by,
        approved_by=approved_by,
    )
    save_checked(version)
    FeePrice.objects.bulk_create(_rows(version, terms))
    return version


def _rows(version: FeeVersion, terms: Terms) -> list[FeePrice]:
    return [
        FeePrice(
            acquirer_id=version.acquirer_id,
            version=version,
            place=place,
            scheme=price.scheme,
            currency=price.currency,
            first_day=price.first_day,
            last_day=price.last_day,
            first_days=price.first_days,
            above_minor=price.above,
            basis_points=price.basis_points,
            fixed_minor=price.fixed,
            minimum_minor=price.minimum,
            maximum_minor=price.maximum,
        )
        for place, price in enumerate(terms.prices)
    ]


def terms_of(version: FeeVersion) -> Terms:
    """What the version says; the inverse of making it."""
    return Terms.unpack(
        {
            "starts_on": version.starts_on.isoformat(),
            "prices": "\n".join(str(price) for price in version.price_list),
            "tiers": version.tiers,
            "rounding": version.rounding,
            "on_refund": version.on_refund,
            "on_cancel": version.on_cancel,
        }
    )


def _find(subject: str) -> FeePlan:
    return FeePlan.objects.get(id=FeePlan.public_id_to_uuid(subject))


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    version = latest_version(_find(subject))
    return {} if version is None else {"version": str(version.number), **terms_of(version).facts()}


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    version = _append(
        _find(proposal.subject),
        Terms.unpack(proposal.content),
        made_by=proposal.actor,
        approved_by=staff.actor,
    )
    return Applied(version.public_id)


FEE_VERSION = register(
    Kind(
        name="fee_version",
        label="Change of a fee plan",
        may_propose="settlement.add_feeversion",
        may_approve="settlement.approve_feeversion",
        read=_read,
        apply=_apply,
    )
)
