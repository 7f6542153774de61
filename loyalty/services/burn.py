"""Points as part payment: the ``points`` of a payment's request (payments.reductions).

Taken from the member's lots when the payment starts, soonest expiry first; they come back in the
statement that ends it without a sale. What a refund gives back is reckoned with what it takes
(settle_earning), so that both are exactly once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kernel import clock, ids
from kernel.errors import Conflict, FieldError, Rejected
from kernel.ids import beside
from loyalty.member_state import EntryKind, MemberStatus, ProgrammeStatus
from loyalty.models import BurnRule, Member, PointsEntry
from loyalty.services.lock import lock_member
from loyalty.services.points import Cause, new_entry, take_points, usable_lots
from payments.cashier_words import CASHIER_WORDS
from payments.models import Payment, Refund
from payments.reductions import Reduction, nothing_left
from payments.state import Status
from tenancy.fragments import Fragment

FIELD = "points"
RETURN = "return"  # the cause of points that come back because their payment was none
GRACE = timedelta(days=30)  # how long points live that come back after their lot has expired
_NO_SALE = frozenset({Status.FAILED, Status.CANCELED})
_RETURN = f"""
INSERT INTO loyalty_pointsentry
       (id, acquirer_id, programme_id, member_id, kind, points, lot_id, expires_at, cause_type,
        cause_id, reason, made_by, created_at)
SELECT {beside("%(burnt_id)s")},
       back.acquirer_id, back.programme_id, back.member_id,
       CASE WHEN back.lot_id IS NULL THEN 'correct' ELSE 'burn' END, back.points, back.lot_id,
       CASE WHEN back.lot_id IS NULL THEN %(burnt_until)s::timestamptz END, 'return',
       back.payment_id, '', '', %(burnt_at)s::timestamptz
  FROM (SELECT spent.acquirer_id, spent.programme_id, spent.member_id, moved.id AS payment_id,
               CASE WHEN lot.expires_at > %(burnt_at)s::timestamptz THEN lot.id END AS lot_id,
               -sum(spent.points) AS points
          FROM moved
          JOIN loyalty_pointsentry AS spent
            ON spent.member_id = %(burnt_member)s::uuid AND spent.kind = 'burn'
           AND spent.cause_type = 'payment' AND spent.cause_id = moved.id
          JOIN loyalty_pointsentry AS lot ON lot.id = spent.lot_id
         GROUP BY 1, 2, 3, 4, 5) AS back
"""  # noqa: S608 - the program's words


class PointsReducer:
    """See the module's docstring."""

    field = FIELD

    def read(self, payment: Payment, asked: Any) -> int:
        """How many points; raises Rejected naming ``points`` where nobody is named to have any."""
        if payment.member_id is None:
            raise _refused("member_needed", "Say whose points: send `member` too.")
        return int(asked)

    def reserve(
        self, payment: Payment, asked: Any, so_far: Sequence[Reduction]
    ) -> Sequence[Reduction]:
        """Take ``asked`` points and say what they are worth.

        Raises Rejected naming ``points`` for what the rules do not allow, and Conflict
        ``not_enough_points``; the lock lets one spender wait for another.
        """
        points = int(asked)
        assert payment.member_id is not None  # noqa: S101 - ``read`` has looked
        member = lock_member(payment.member_id)
        rule = _rule_of(member, payment.currency)
        _check(rule, points)
        cause = Cause("payment", payment.id)
        if take_points(member, EntryKind.BURN, points, cause) < points:
            raise _not_enough(member)
        worth = points // rule.points * rule.minor
        borne = worth * rule.borne_basis_points // 10_000
        return [Reduction(FIELD, worth, borne, {"points": points})]

    def is_same(self, payment: Payment, asked: Any) -> bool:
        """Whether the payment has as many of its points."""
        return bool(spent_points(payment) == asked)

    def end(self, payment: Payment, old: Status, new: Status) -> Sequence[Fragment]:
        """All of them come back where nothing was sold, or the sale was taken back."""
        if new not in _NO_SALE or old is new or spent_points(payment) is None:
            return []
        now = clock.now()
        values = {
            "burnt_id": ids.new_uuid(),
            "burnt_member": payment.member_id,
            "burnt_at": now,
            "burnt_until": now + GRACE,
        }
        return [Fragment("burnt", _RETURN, values)]

    def refund(self, payment: Payment, refund: Refund) -> Sequence[Fragment]:
        """A member's refund is followed anyway (note_sale): it is reckoned there."""
        return []


def spent_points(payment: Payment) -> int | None:
    """How many points are part of the payment; None where none are."""
    found = (each["points"] for each in payment.reductions if each["kind"] == FIELD)
    return next(found, None)


@dataclass(frozen=True, slots=True)
class Spendable:
    """The most points that pay a part of a sale now, and their worth in minor units."""

    points: int
    worth_minor: int


def most_spendable(member: Member, currency: str, left_minor: int) -> Spendable | None:
    """Of ``left_minor``, what is left to charge, one minor unit stays. None where no points may
    be spent, or too few are there."""
    try:
        rule = _rule_of(member, currency)
    except Rejected:
        return None
    times = min(_has(member) // rule.points, (left_minor - 1) // rule.minor)
    points = times * rule.points
    if points == 0 or points < rule.minimum_points:
        return None
    return Spendable(points, times * rule.minor)


def price_points(member: Member | None, currency: str, points: int, left_minor: int) -> int:
    """What they would take off now, in minor units; nothing is promised.

    Raises what a payment with them would raise: Rejected, or Conflict ``not_enough_points`` or
    ``nothing_left_to_charge``.
    """
    if member is None:
        raise _refused("member_needed", "Say whose points: send `member` too.")
    rule = _rule_of(member, currency)
    _check(rule, points)
    if _has(member) < points:
        raise _not_enough(member)
    worth = points // rule.points * rule.minor
    if worth >= left_minor:
        raise nothing_left(FIELD)
    return worth


def _has(member: Member) -> int:
    return sum(lot.left for lot in usable_lots(member))


def due_back(payment: Payment, member: Member) -> int:
    """How many of the points that were spent are to be given back for what was refunded by now.

    In proportion to the refunded money, rounded down, so that the last refund brings the last
    point.
    """
    total = spent_points(payment) or 0
    if total == 0 or payment.refunded_minor == 0:
        return 0
    due = total * payment.refunded_minor // payment.amount_minor
    return max(0, due - _given_back(payment, member))


def give_back(payment: Payment, member: Member, points: int, cause: Cause) -> None:
    """Give them back to where they came from, what expires last first. Holds the member's lock.

    A lot that has expired meanwhile is replaced by one that lives for GRACE.
    """
    lots = _spent_lots(payment, member)
    PointsEntry.objects.bulk_create(_returned(member, cause, points, lots))


def _given_back(payment: Payment, member: Member) -> int:
    refunds = Refund.objects.filter(payment=payment).values("id")
    rows = PointsEntry.objects.filter(
        member=member, cause_type__in=("refund", RETURN), cause_id__in=refunds, points__gt=0
    )
    return sum(rows.values_list("points", flat=True))


def _spent_lots(payment: Payment, member: Member) -> list[tuple[PointsEntry, int]]:
    """The lots that the payment took from, the longest life first, with what is still out."""
    spent = PointsEntry.objects.filter(
        member=member, kind=EntryKind.BURN, cause_type="payment", cause_id=payment.id
    ).select_related("lot")
    refunds = Refund.objects.filter(payment=payment).values("id")
    back = PointsEntry.objects.filter(
        member=member, kind=EntryKind.BURN, cause_type="refund", cause_id__in=refunds
    )
    returned: dict[Any, int] = {}
    for lot_id, points in back.values_list("lot_id", "points"):
        returned[lot_id] = returned.get(lot_id, 0) + points
    lots = [(row.lot, -row.points - returned.get(row.lot_id, 0)) for row in spent if row.lot]
    return sorted(lots, key=lambda pair: pair[0].expires_at or clock.now(), reverse=True)


def _returned(
    member: Member, cause: Cause, due: int, lots: list[tuple[PointsEntry, int]]
) -> list[PointsEntry]:
    now = clock.now()
    entries, late = [], 0
    for lot, out in lots:
        part = min(due, out)
        due -= part
        if part and _lives(lot, now):
            entries.append(new_entry(member, EntryKind.BURN, part, cause, lot=lot))
        else:
            late += part
    late += due  # what came back late before is not seen in its lot
    if late:
        fresh = new_entry(member, EntryKind.CORRECT, late, Cause(RETURN, cause.id))
        fresh.expires_at = now + GRACE
        entries.append(fresh)
    return entries


def _lives(lot: PointsEntry, now: datetime) -> bool:
    return lot.expires_at is not None and lot.expires_at > now


def _rule_of(member: Member, currency: str) -> BurnRule:
    is_open = member.programme.status == ProgrammeStatus.ACTIVE
    if not is_open or member.status != MemberStatus.ACTIVE:
        raise _refused("not_spendable", "This member's points cannot be spent now.")
    rule = BurnRule.objects.filter(programme_id=member.programme_id, currency=currency).first()
    if rule is None:
        raise _refused("not_spendable", f"The programme takes no points for {currency}.")
    return rule


def _check(rule: BurnRule, points: int) -> None:
    if points < rule.minimum_points:
        raise _refused("too_few_points", f"At least {rule.minimum_points} points at once.")
    if points % rule.points:
        raise _refused("not_a_multiple", f"A multiple of {rule.points} points.")


def _refused(code: str, message: str) -> Rejected:
    fault = FieldError(FIELD, code, message)
    words = CASHIER_WORDS[f"{FIELD}.{code}"]
    return Rejected("invalid_request", "Please correct: points.", errors=(fault,), cashier=words)


def _not_enough(member: Member) -> Conflict:
    fault = FieldError(FIELD, "not_enough_points", "More than the member has.")
    return Conflict(
        "not_enough_points",
        "The member does not have so many points; nothing was charged.",
        errors=(fault,),
        cashier=CASHIER_WORDS[f"{FIELD}.not_enough_points"],
    )
