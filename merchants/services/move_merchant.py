"""Moving a merchant on its way: the only place that writes where it stands."""

from contextlib import suppress
from uuid import UUID

from django.db import connection, transaction

from kernel.errors import Conflict, FieldError, Forbidden, Rejected
from merchants.completeness import missing_of
from merchants.models import Merchant, MerchantStep
from merchants.onboarding import RULES, Rule, Standing, Step
from tenancy.saving import faulty
from tenancy.scope import acting, platform_scope, tenant_scope

PLATFORM_ACTOR = "platform"
ACTIVATED_LIMIT = 200  # merchants of one look; the next one comes in seconds

# Approved merchants for whom nothing is left to wait for: the accounts that decide are the live
# ones that register stores, or the test ones where there is no such live one.
_READY = """
WITH deciding AS (
    SELECT a.id, a.acquirer_id, a.livemode,
           max(a.livemode::int) OVER (PARTITION BY a.acquirer_id) AS best
      FROM merchants_partneraccount a WHERE a.is_active AND a.registers_stores)
SELECT m.id, m.acquirer_id FROM merchants_merchant m
 WHERE m.status = 'approved'
   AND NOT EXISTS (
        SELECT 1 FROM deciding d
         WHERE d.acquirer_id = m.acquirer_id AND d.livemode::int = d.best
           AND NOT EXISTS (SELECT 1 FROM merchants_registration r
                            WHERE r.merchant_id = m.id AND r.partner_account_id = d.id
                              AND r.registered_at IS NOT NULL))
 LIMIT %s
"""


def move_merchant(merchant_id: UUID, step: Step, *, actor: str, reason: str = "") -> Merchant:
    """Make the step, and write it down in the same transaction; who may is checked before.

    Raises Conflict ``step_not_possible`` where the merchant stands elsewhere, Rejected for a
    missing reason or ``merchant_incomplete`` with what is missing, and Forbidden
    ``second_person_needed`` where ``actor`` has submitted what another person must approve.
    """
    rule = RULES[step]
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update(of=("self",), no_key=True).get(id=merchant_id)
        _check(merchant, step, rule, actor, reason)
        before, merchant.status = merchant.status, rule.target.value
        merchant.save(update_fields=["status"])
        MerchantStep.objects.create(
            acquirer_id=merchant.acquirer_id,
            merchant=merchant,
            step=step.value,
            from_status=before,
            to_status=merchant.status,
            actor=actor[:128],
            reason=reason[:256],
        )
    return merchant


def activate_registered() -> int:
    """Activate the approved merchants whose stores Alipay has taken; how many."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_READY, [ACTIVATED_LIMIT])
        ready: list[tuple[UUID, UUID]] = cursor.fetchall()
    for merchant_id, acquirer_id in ready:
        with tenant_scope(acquirer_id), acting(PLATFORM_ACTOR):
            _activate(merchant_id)
    return len(ready)


def _activate(merchant_id: UUID) -> None:
    with suppress(Conflict):  # another worker was quicker, or somebody returned it just now
        move_merchant(merchant_id, Step.ACTIVATE, actor=PLATFORM_ACTOR)


def _check(merchant: Merchant, step: Step, rule: Rule, actor: str, reason: str) -> None:
    if Standing(merchant.status) not in rule.sources:
        raise Conflict(
            "step_not_possible",
            f"{step.label} is not possible: the merchant is {merchant.get_status_display()}.",
        )
    if rule.needs_reason and not reason.strip():
        raise faulty("reason", "Say why: it is kept with the step.")
    if rule.needs_complete and (missing := missing_of(merchant)):
        faults = tuple(FieldError(need.field, "missing", f"{need.label}.") for need in missing)
        labels = ", ".join(need.label.lower() for need in missing)
        raise Rejected("merchant_incomplete", f"Still missing: {labels}.", errors=faults)
    if rule.needs_another_person and merchant.acquirer.approval_by_another:
        _check_other_person(merchant, actor)


def _check_other_person(merchant: Merchant, actor: str) -> None:
    submitted = merchant.steps.filter(step=Step.SUBMIT).order_by("-id").first()
    if submitted is None or submitted.actor == actor:
        raise Forbidden(
            "second_person_needed", "Who submitted a merchant does not approve it; ask another."
        )
