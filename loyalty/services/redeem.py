"""Coupons inside a payment: the reducer for the field ``coupon`` (payments.reductions).

Locks go from the campaigns to their coupons, each in the order of their ids; the statement that
ends a payment touches the redemption first, and its trigger then the same two in the same order.
So whoever waits, waits for somebody who does not wait for them.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from api.attempts import nobody_counts
from kernel import clock, ids
from kernel.errors import Forbidden
from loyalty.campaign_state import OUTCOMES, REFUNDED, CouponRefusal
from loyalty.coupon_codes import looks_mistyped, read_code, show_code
from loyalty.models import Campaign, Coupon, Redemption
from loyalty.services.judge_coupon import Sale, judge, read_lines, refused
from payments.cashier_words import CASHIER_WORDS
from payments.models import Payment, Refund
from payments.reductions import Reduction
from payments.state import Status
from tenancy.fragments import Fragment

KIND = "coupon"
FULL = 10_000  # basis points
GUESSES = 30  # unknown codes from one key within the next
GUESSES_SECONDS = 600

_END = """
UPDATE loyalty_redemption r
   SET status = %(coupons_to)s, ended_at = %(coupons_at)s::timestamptz
  FROM moved WHERE r.payment_id = moved.id AND r.status = ANY (%(coupons_from)s::text[])
"""
# A part of the charge gives back as large a part of the promise, rounded down; the whole charge
# the coupon itself.
_REFUND = """
UPDATE loyalty_redemption r
   SET status = CASE WHEN sums.refunded_minor = sums.amount_minor
                     THEN %(coupons_to)s ELSE r.status END,
       ended_at = CASE WHEN sums.refunded_minor = sums.amount_minor
                       THEN %(coupons_at)s::timestamptz ELSE r.ended_at END,
       returned_minor = div(r.amount_minor::numeric * sums.refunded_minor, sums.amount_minor)
  FROM sums WHERE r.payment_id = sums.id AND r.status = ANY (%(coupons_from)s::text[])
"""


class CouponReducer:
    """``coupon`` on ``POST /v1/payments``: a code, or several."""

    field = KIND

    def read(self, payment: Payment, asked: Sequence[str]) -> list[UUID]:
        """The coupons behind the codes.

        Raises Conflict ``coupon_refused``, and Forbidden ``coupon_guesses_locked`` for a key that
        has named too many codes that are none.
        """
        found = find_coupons(asked, livemode=payment.livemode, actor=payment.created_by)
        return [row.id for row in found]

    def reserve(
        self, payment: Payment, asked: Sequence[UUID], so_far: Sequence[Reduction]
    ) -> list[Reduction]:
        """A redemption for each coupon, under the locks; raises Conflict ``coupon_refused``."""
        coupons = _lock(asked)
        sale = sale_of(payment, is_alone=len(asked) == 1)
        made = list(_reserve(payment, sale, [coupons[each] for each in asked]))
        Redemption.objects.bulk_create(redemption for redemption, _ in made)
        return [reduction for _, reduction in made]

    def is_same(self, payment: Payment, asked: Sequence[str] | None) -> bool:
        """Whether the codes are those that the payment was made with, in any order."""
        kept = {each["coupon"] for each in payment.reductions if each["kind"] == KIND}
        codes = {read_code(text) for text in asked or ()}
        rows = Coupon.objects.filter(livemode=payment.livemode, code__in=codes - {None})
        return kept == {row.public_id for row in rows} and len(kept) == len(asked or ())

    def end(self, payment: Payment, old: Status, new: Status) -> list[Fragment]:
        """Redeemed with a success, returned with any other end."""
        return [_fragment(_END, new)] if new in OUTCOMES and old != new else []

    def refund(self, payment: Payment, refund: Refund) -> list[Fragment]:
        """The budget's part comes back with each refund, the coupon with the last."""
        return [_fragment(_REFUND, REFUNDED)]


def sale_of(payment: Payment, *, is_alone: bool) -> Sale:
    """What a coupon sees of a payment."""
    return Sale(
        merchant_id=payment.merchant_id,
        store_id=payment.store_id,
        livemode=payment.livemode,
        currency=payment.currency,
        price=payment.amount_minor,
        lines=read_lines(payment.items),
        member_id=payment.member_id,
        at=payment.created_at,
        is_alone=is_alone,
    )


def find_coupons(codes: Sequence[str], *, livemode: bool, actor: str) -> list[Coupon]:
    """The coupons of the merchant in scope behind ``codes``, in their order, with campaigns.

    Nothing is locked. Raises as ``CouponReducer.read``; each code that is none counts as a guess
    of ``actor``.
    """
    key = f"coupon_guesses:{actor}"
    _check_guesses(key)
    read = [read_code(text) for text in codes]
    rows = Coupon.objects.filter(livemode=livemode, code__in=[code for code in read if code])
    found = {row.code: row for row in rows.select_related("campaign")}
    for number, code in enumerate(read):
        place = number if len(read) > 1 else None
        if code is None or code not in found:
            _count_guess(key)
            is_mistyped = code is not None and looks_mistyped(code)
            why = CouponRefusal.MISTYPED if is_mistyped else CouponRefusal.UNKNOWN
            raise refused(why, place=place)
        if code in read[:number]:
            raise refused(CouponRefusal.TWICE, place=place)
    return [found[code] for code in read if code is not None]


def price_coupons(sale: Sale, coupons: Sequence[Coupon]) -> list[int]:
    """Minor units that each takes off what the one before has left.

    Of one campaign there is one. Raises Conflict ``coupon_refused``.
    """
    offs: list[int] = []
    campaigns: set[UUID] = set()
    for number, coupon in enumerate(coupons):
        place = number if len(coupons) > 1 else None
        if coupon.campaign_id in campaigns:
            raise refused(CouponRefusal.NOT_STACKABLE, place=place)
        campaigns.add(coupon.campaign_id)
        off = judge(coupon, sale, place=place)
        sale = sale.less(off)
        offs.append(off)
    return offs


def _lock(asked: Sequence[UUID]) -> dict[UUID, Coupon]:
    campaign_ids = Coupon.objects.filter(id__in=asked).values_list("campaign_id", flat=True)
    rows = Campaign.objects.filter(id__in=list(campaign_ids)).order_by("id")
    campaigns = {row.id: row for row in rows.select_for_update(of=("self",), no_key=True)}
    locked = Coupon.objects.filter(id__in=asked).order_by("id")
    coupons = {}
    for coupon in locked.select_for_update(of=("self",), no_key=True):
        coupon.campaign = campaigns[coupon.campaign_id]
        coupons[coupon.id] = coupon
    return coupons


def _reserve(
    payment: Payment, sale: Sale, coupons: Sequence[Coupon]
) -> Iterator[tuple[Redemption, Reduction]]:
    for coupon, off in zip(coupons, price_coupons(sale, coupons), strict=True):
        campaign = coupon.campaign
        borne = off * campaign.acquirer_basis_points // FULL
        redemption = Redemption(
            id=ids.new_uuid(),
            acquirer_id=payment.acquirer_id,
            merchant_id=payment.merchant_id,
            campaign=campaign,
            coupon=coupon,
            payment_id=payment.id,
            member_id=payment.member_id,
            amount_minor=off,
            borne_minor=borne,
            currency=payment.currency,
        )
        shown = {
            "coupon": coupon.public_id,
            "code": mask_code(coupon.code),
            "campaign": campaign.name,
        }
        yield redemption, Reduction(KIND, off, borne, shown)


def mask_code(code: str) -> str:
    """Its last four characters: whoever reads a receipt may not use it again."""
    return "••••" + show_code(code)[-4:]


def _fragment(sql: str, event: str) -> Fragment:
    before, after = OUTCOMES[event]
    values = {"to": after.value, "from": sorted(before), "at": clock.now()}
    return Fragment("coupons", sql, {f"coupons_{name}": value for name, value in values.items()})


def _check_guesses(key: str) -> None:
    try:
        guesses = int(cache.get(key, 0))
    except RedisError:
        raise nobody_counts() from None
    if guesses >= GUESSES:
        raise Forbidden(
            "coupon_guesses_locked",
            "This key has named too many coupons that are none; it may name some again in ten "
            "minutes, and may pay without one now.",
            cashier=CASHIER_WORDS["coupon.locked"],
        )


def _count_guess(key: str) -> None:
    cache.add(key, 0, timeout=GUESSES_SECONDS)
    cache.incr(key)
