"""Making the points of one payment right: what it earned, less what was given back since.

It looks at what is, not at what has been told: however often and in whatever order it runs, the
member has what the payment's truth says. Points that were spent on it are given back here too.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict
from loyalty.earning import FULL, Line, Terms, earn, keep
from loyalty.member_state import EntryKind, MemberStatus, ProgrammeStatus, Rounding
from loyalty.models import CategoryRule, Earning, EarnRule, Member, PointsEntry
from loyalty.selectors import find_tier
from loyalty.services.burn import RETURN, due_back, give_back
from loyalty.services.lock import lock_member
from loyalty.services.points import Cause, add_points, owe_points, take_points
from payments.models import Payment, Refund
from payments.state import RefundStatus, Status


def settle_earning(earning_id: UUID, *, now: datetime | None = None) -> bool:
    """Reckon it, if it is due and nobody else is at it; True if it was.

    A member who was forgotten earns nothing, and what they had stays as it is.
    """
    due_by = now or clock.now()
    with transaction.atomic():
        rows = Earning.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        earning = rows.filter(id=earning_id, due_at__lte=due_by).first()
        if earning is None:
            return False
        payment = Payment.objects.get(id=earning.payment_id)  # after the lock: with every refund
        try:
            _settle(earning, payment, lock_member(earning.member_id))
        except Conflict:  # forgotten
            earning.points = earning.points or 0
        earning.due_at = None
        earning.save(update_fields=["points", "kept_points", "due_at"])
    return True


def charged_minor(payment: Payment) -> int:
    """What the customer paid, in minor units: coupons and points took the rest off before, and
    Alipay's own coupons (``discount``) after."""
    return payment.amount_minor - payment.discount_minor


def _settle(earning: Earning, payment: Payment, member: Member) -> None:
    if earning.points is None:
        earning.points = earning.kept_points = _earn(payment, member)
        if earning.points:
            add_points(member, EntryKind.EARN, earning.points, Cause("payment", payment.id))
    left = _left(earning.points, payment, member)
    too_many, spent = earning.kept_points - left, due_back(payment, member)
    if too_many > 0 or spent > 0:
        cause = _cause(payment, member)
        if spent > 0:
            give_back(payment, member, spent, cause)
        if too_many > 0:
            _take_back(payment, member, too_many, cause)
        earning.kept_points = left


def _earn(payment: Payment, member: Member) -> int:
    """By the rules as they are now: those of the member's tier, and of the goods' categories."""
    programme = member.programme
    is_open = programme.status == ProgrammeStatus.ACTIVE and member.status == MemberStatus.ACTIVE
    rule = EarnRule.objects.filter(programme=programme, currency=payment.currency).first()
    if not is_open or rule is None or payment.status == Status.CANCELED:
        return 0
    tier = find_tier(member)
    terms = Terms(
        points=rule.points,
        per_minor=rule.per_minor,
        tier_basis_points=tier.multiplier_basis_points if tier else FULL,
        rounding=Rounding(programme.rounding),
    )
    return earn(
        terms,
        asked_minor=payment.ordered_minor,
        charged_minor=charged_minor(payment),
        lines=_lines(payment, member),
    )


def _lines(payment: Payment, member: Member) -> list[Line]:
    if not payment.items:
        return []
    rules = CategoryRule.objects.filter(programme_id=member.programme_id)
    by_category = dict(rules.values_list("category", "multiplier_basis_points"))
    return [
        Line(
            minor=int(item["unit_amount"]) * int(item["quantity"]),
            basis_points=by_category.get(item.get("category") or "", FULL),
        )
        for item in payment.items
    ]


def _left(points: int, payment: Payment, member: Member) -> int:
    if payment.status == Status.CANCELED:
        return 0
    return keep(
        points,
        amount_minor=payment.amount_minor,
        refunded_minor=payment.refunded_minor,
        rounding=Rounding(member.programme.rounding),
    )


def _take_back(payment: Payment, member: Member, points: int, cause: Cause) -> None:
    """Out of the payment's own lot first; what was spent already is owed, or forgiven."""
    rows = PointsEntry.objects.filter(
        member=member, kind=EntryKind.EARN, cause_type="payment", cause_id=payment.id
    )
    lot_id = rows.values_list("id", flat=True).first()
    taken = take_points(member, EntryKind.CORRECT, points, cause, first=lot_id)
    if taken < points and member.programme.may_owe:
        owe_points(member, EntryKind.CORRECT, points - taken, cause)


def _cause(payment: Payment, member: Member) -> Cause:
    """The newest refund that has corrected nothing yet, for it and those before it together."""
    if payment.status == Status.CANCELED:
        return Cause("payment", payment.id)
    known = PointsEntry.objects.filter(member=member, cause_type__in=("refund", RETURN)).values(
        "cause_id"
    )
    rows = Refund.objects.filter(payment=payment, status=RefundStatus.SUCCEEDED)
    newest = rows.exclude(id__in=known).order_by("-completed_at", "-id").first()
    assert newest is not None  # noqa: S101 - nothing else makes a payment's refunds grow
    return Cause("refund", newest.id)
