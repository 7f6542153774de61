"""Ending a break by hand: one of the table's resolutions, with its posting, or a proposal of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict
from kernel.money import Money
from ledger.posting import Leg, Posting, post
from proposals.kinds import Applied, Facts
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_may, check_reason, propose
from settlement.models import Break
from settlement.resolutions import ENDINGS, account_of, endings_of, lacking
from settlement.services.by_hand import Hands, find_merchant, give, hands_of, register_kind
from settlement.state import BreakState, Resolution
from tenancy.models import Staff
from tenancy.saving import faulty
from tenancy.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class How:
    """``merchant`` is asked for where the break has none."""

    resolution: Resolution
    reason: str
    merchant_id: UUID | None = None


def resolve(staff: Staff, row: Break, how: How) -> Break | Proposal:
    """End it and post what follows, or propose that where it is above the acquirer's limit.

    Raises Forbidden ``role_not_allowed``, Rejected naming the faulty field, Conflict
    ``break_ended``, and as ``propose`` does.
    """
    check_may(RECONCILIATION, staff)
    check_reason(how.reason)
    with tenant_scope(row.acquirer_id):
        _check(row, how)
        if needs_second_person(RECONCILIATION, row.acquirer_id, _size(row)):
            return _propose(staff, row, how)
        return _resolve(row, how, Hands(staff.actor))


def lacking_of(row: Break) -> dict[str, int]:
    """What our books lack of this break, by currency, as a debit of the account it shows in."""
    return lacking(
        row.kind, row.about, row.ours, row.theirs,
        way=row.way, at_risk=row.amount_at_risk, currency=row.currency,
    )  # fmt: skip


def _size(row: Break) -> Money:
    return Money(row.amount_at_risk, row.currency)


def _check(row: Break, how: How) -> None:
    if row.state != BreakState.OPEN:
        raise Conflict("break_ended", f"The break is {row.state} already.")
    ending = endings_of(row.kind, row.way).get(how.resolution)
    if ending is None:
        raise faulty("resolution", "A break of this kind does not end so.")
    if ending.account is not None and not lacking_of(row):
        raise faulty("resolution", "There is no difference of money: nothing can be posted.")
    if ending.to_merchant and _merchant_of(row, how) is None:
        raise faulty("merchant", "Whose it is: no merchant is known of this break.")


def _merchant_of(row: Break, how: How) -> UUID | None:
    return row.merchant_id or how.merchant_id


def _resolve(row: Break, how: How, hands: Hands) -> Break:
    """The end of the break and its postings, together or not at all."""
    with transaction.atomic():
        held = Break.objects.select_for_update(no_key=True).get(pk=row.pk)
        _check(held, how)
        _post(held, how, hands)
        held.state, held.ended_at = BreakState.RESOLVED, clock.now()
        held.resolution, held.outcome = how.resolution, how.reason
        held.ended_by, held.approved_by = hands.made_by, hands.approved_by
        if ENDINGS[how.resolution].to_merchant:
            held.merchant_id = _merchant_of(row, how)
        held.save()
    return held


def _post(row: Break, how: How, hands: Hands) -> None:
    ending = ENDINGS[how.resolution]
    if ending.account is None:
        return
    merchant_id, missing = _merchant_of(row, how), lacking_of(row)
    shown, legs = account_of(row.kind, row.way), []
    # What the scheme has charged or settled is the acquirer's, whoever was paid.
    whose = merchant_id if shown == "scheme_receivable" else None
    for currency, minor in sorted(missing.items()):
        legs.append(Leg(shown, whose, Money(minor, currency)))
        legs.append(Leg(ending.account, whose, Money(-minor, currency)))
    post(Posting("break.resolved", "reconciliation_break", row.id, row.livemode, legs))
    if ending.to_merchant:
        [(currency, minor)] = missing.items()
        give(
            merchant_id, Money(minor, currency), hands, livemode=row.livemode,
            reason=how.reason, payment_id=row.payment_id, business_date=row.business_date,
        )  # fmt: skip


def _propose(staff: Staff, row: Break, how: How) -> Proposal:
    return propose(
        RECONCILIATION,
        acquirer_id=row.acquirer_id,
        subject=row.public_id,
        subject_label=f"{row.kind}: {_size(row)}",
        payload={
            "resolution": how.resolution.value,
            "reason": how.reason,
            "merchant": how.merchant_id and str(how.merchant_id),
        },
        after=_facts(row, how),
        staff=staff,
        reason=how.reason,
    )


def _facts(row: Break, how: How) -> Facts:
    ending = ENDINGS[how.resolution]
    facts = {"state": BreakState.RESOLVED.value, "resolution": ending.label}
    for currency, minor in sorted(lacking_of(row).items()):
        if ending.account is not None:
            facts[f"to {ending.account}"] = str(Money(-minor, currency))
    if ending.to_merchant:
        facts["merchant"] = str(find_merchant(_merchant_of(row, how)))
    return facts


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    row = _find(subject)
    return {
        "day": row.business_date.isoformat(),
        "kind": row.kind,
        "about": row.about,
        "at risk": str(_size(row)),
        "we say": str(row.ours or "nothing"),
        "Alipay says": str(row.theirs or "nothing"),
        "state": row.state,
    }


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    said = proposal.content
    how = How(
        Resolution(said["resolution"]),
        said["reason"],
        UUID(said["merchant"]) if said["merchant"] else None,
    )
    row = _find(proposal.subject)
    return Applied(_resolve(row, how, hands_of(proposal, staff)).public_id)


def _find(subject: str) -> Break:
    return Break.objects.get(id=Break.public_id_to_uuid(subject))


RECONCILIATION = register_kind(
    "reconciliation", "Resolution of a reconciliation break", read=_read, apply=_apply
)
