"""What a campaign can be, and what becomes of a redemption: tables. No Django, no I/O."""

from enum import StrEnum

from payments.state import Status


class CampaignStatus(StrEnum):
    """Only an ``active`` campaign takes anything off; ``ended`` is the end."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Step(StrEnum):
    """What staff do with a campaign."""

    START = "start"
    PAUSE = "pause"
    END = "end"


class IllegalStep(RuntimeError):
    """The step cannot be made from this status."""


C = CampaignStatus

# fmt: off
STEPS: dict[tuple[CampaignStatus, Step], CampaignStatus] = {
    (C.DRAFT,  Step.START): C.ACTIVE,
    (C.DRAFT,  Step.END):   C.ENDED,
    (C.ACTIVE, Step.PAUSE): C.PAUSED,
    (C.ACTIVE, Step.END):   C.ENDED,
    (C.PAUSED, Step.START): C.ACTIVE,
    (C.PAUSED, Step.END):   C.ENDED,
}
# fmt: on


def next_campaign_status(status: CampaignStatus, step: Step) -> CampaignStatus:
    """Where a campaign stands after ``step``; raises IllegalStep."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise IllegalStep(f"a campaign that is {status} cannot be told to {step}") from None


class CouponStatus(StrEnum):
    """A ``withdrawn`` coupon is worth nothing any more."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class RedemptionStatus(StrEnum):
    """Where a coupon stands in one payment."""

    RESERVED = "reserved"  # promised to a payment in doubt
    REDEEMED = "redeemed"  # the payment succeeded
    RETURNED = "returned"  # the coupon is as if it had never been used


R = RedemptionStatus
REFUNDED = "refunded"  # the whole charge, by one refund or by many

# What a payment's new status, or its last refund, makes of a redemption that stands in one of the
# first. A status that is not here changes nothing: who is paid and wants it back is in doubt.
# fmt: off
OUTCOMES: dict[str, tuple[frozenset[RedemptionStatus], RedemptionStatus]] = {
    Status.SUCCEEDED: (frozenset({R.RESERVED}),             R.REDEEMED),
    Status.FAILED:    (frozenset({R.RESERVED}),             R.RETURNED),
    Status.CANCELED:  (frozenset({R.RESERVED, R.REDEEMED}), R.RETURNED),
    REFUNDED:         (frozenset({R.REDEEMED}),             R.RETURNED),
}
# fmt: on


class CouponRefusal(StrEnum):
    """Why a coupon takes nothing off this payment; the words are for the cashier's screen."""

    UNKNOWN = "unknown"
    MISTYPED = "mistyped"
    TWICE = "twice"
    WITHDRAWN = "withdrawn"
    NOT_ACTIVE = "not_active"
    NOT_STARTED = "not_started"
    OVER = "over"
    USED_UP = "used_up"
    BUDGET_SPENT = "budget_spent"
    MEMBER_NEEDED = "member_needed"
    OTHER_MEMBER = "other_member"
    MEMBER_LIMIT = "member_limit"
    NOT_FIRST_PURCHASE = "not_first_purchase"
    OTHER_CURRENCY = "other_currency"
    OTHER_STORE = "other_store"
    OTHER_HOURS = "other_hours"
    MINIMUM_SPEND = "minimum_spend"
    NOT_STACKABLE = "not_stackable"
    NO_GOODS = "no_goods"


WHY: dict[CouponRefusal, str] = {
    CouponRefusal.UNKNOWN: "No such coupon.",
    CouponRefusal.MISTYPED: "A character of the coupon is wrong; type or scan it again.",
    CouponRefusal.TWICE: "The same coupon twice.",
    CouponRefusal.WITHDRAWN: "The coupon was withdrawn.",
    CouponRefusal.NOT_ACTIVE: "The campaign is not running.",
    CouponRefusal.NOT_STARTED: "The campaign has not begun yet.",
    CouponRefusal.OVER: "The coupon is no longer valid.",
    CouponRefusal.USED_UP: "The coupon was used already.",
    CouponRefusal.BUDGET_SPENT: "The campaign has nothing left to give.",
    CouponRefusal.MEMBER_NEEDED: "The coupon is for members; scan the customer's card too.",
    CouponRefusal.OTHER_MEMBER: "The coupon was issued to another member.",
    CouponRefusal.MEMBER_LIMIT: "The member has used the campaign as often as it allows.",
    CouponRefusal.NOT_FIRST_PURCHASE: "The coupon is for a member's first purchase only.",
    CouponRefusal.OTHER_CURRENCY: "The coupon is in another currency.",
    CouponRefusal.OTHER_STORE: "The coupon is not valid at this store.",
    CouponRefusal.OTHER_HOURS: "The coupon is not valid at this time.",
    CouponRefusal.MINIMUM_SPEND: "The price is below what the coupon needs.",
    CouponRefusal.NOT_STACKABLE: "The coupon cannot be combined with the others.",
    CouponRefusal.NO_GOODS: "The basket has nothing that the coupon takes off.",
}


class CodeOrderStatus(StrEnum):
    """``made`` and ``stopped`` are the ends; what was made by then stays."""

    MAKING = "making"
    MADE = "made"
    STOPPED = "stopped"  # by staff, or because the campaign ended first


# A moment may be "made" too, in another word of Chinese.
CODE_ORDER_LABELS = [
    (each.value, "all codes made" if each is CodeOrderStatus.MADE else each.value)
    for each in CodeOrderStatus
]
