"""What becomes of a batch and of a payout: two tables. No Django, no I/O; nothing else decides."""

from enum import StrEnum


class Outcome(StrEnum):
    """Why a frozen batch pays, or does not. Decided once, when it is frozen."""

    PAID_OUT = "paid_out"  # what was there goes to the merchant's bank account
    NOTHING = "nothing"  # nothing is there
    NEGATIVE = "negative"  # the merchant owes: carried into the next batch
    BELOW_MINIMUM = "below_minimum"  # carried until it is worth a transfer
    HELD = "held"  # somebody has stopped this merchant's payouts
    NO_BANK_ACCOUNT = "no_bank_account"  # carried until there is one


def labels(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Each word with how a person reads it: ``("below_minimum", "below minimum")``."""
    return [(word.value, word.value.replace("_", " ")) for word in words]


class LineKind(StrEnum):
    """What moved the merchant's money; the sign of ``gross_minor`` follows from it."""

    PAYMENT = "payment"
    CANCEL = "cancel"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    PROMOTION = "promotion"  # what the acquirer bears of coupons and points


# Kinds of postings to ``merchant_payable`` that are settled, each once, as a line of a batch.
SETTLED: dict[str, LineKind] = {
    "payment.succeeded": LineKind.PAYMENT,
    "payment.canceled": LineKind.CANCEL,
    "refund.succeeded": LineKind.REFUND,
    "adjustment.posted": LineKind.ADJUSTMENT,
    "promotion.granted": LineKind.PROMOTION,
    "promotion.taken_back": LineKind.PROMOTION,
    "promotion.returned": LineKind.PROMOTION,
}


class VatTreatment(StrEnum):
    """Whether a fee bears VAT, and why not."""

    TAXED = "taxed"
    EXEMPT = "exempt"
    REVERSE_CHARGE = "reverse_charge"  # the merchant accounts for it itself


class PayoutStatus(StrEnum):
    """Where a payout stands on its way to the bank."""

    CREATED = "created"  # stands in the books, in no file yet
    INSTRUCTED = "instructed"  # in a payment file
    SENT = "sent"  # the file was approved and given to the bank
    BOOKED = "booked"  # the bank's statement shows it
    REJECTED = "rejected"  # the bank did not take it: the money is the merchant's again
    RETURNED = "returned"  # it came back after it was booked


class PayoutEvent(StrEnum):
    """What can happen to a payout."""

    INSTRUCTED = "instructed"
    WITHDRAWN = "withdrawn"  # its file was dropped before it was sent
    SENT = "sent"
    BOOKED = "booked"
    REJECTED = "rejected"
    RETURNED = "returned"


class IllegalStep(RuntimeError):
    """The event cannot happen to a payout in this status."""


S, E = PayoutStatus, PayoutEvent

# fmt: off
STEPS: dict[tuple[PayoutStatus, PayoutEvent], PayoutStatus] = {
    (S.CREATED,    E.INSTRUCTED): S.INSTRUCTED,
    (S.INSTRUCTED, E.WITHDRAWN):  S.CREATED,
    (S.INSTRUCTED, E.SENT):       S.SENT,
    (S.SENT,       E.BOOKED):     S.BOOKED,
    (S.SENT,       E.REJECTED):   S.REJECTED,
    (S.BOOKED,     E.RETURNED):   S.RETURNED,
}
# fmt: on


def next_status(status: PayoutStatus, event: PayoutEvent) -> PayoutStatus:
    """Where a payout stands after ``event``; raises IllegalStep."""
    try:
        return STEPS[status, event]
    except KeyError:
        raise IllegalStep(f"{event} cannot happen to a payout that is {status}") from None


class PaymentFileStatus(StrEnum):
    """Where a payment file stands; its payouts follow."""

    MADE = "made"  # its bytes are there; nobody may take them yet
    APPROVED = "approved"  # by a second person; it may be withdrawn still
    SENT = "sent"  # somebody took it to the bank
    ACCEPTED = "accepted"  # the bank's pain.002, or its statement: a payout is being paid
    REJECTED = "rejected"  # the bank's pain.002: none is
    WITHDRAWN = "withdrawn"  # dropped before it was sent: its payouts wait for another file


class PaymentFileEvent(StrEnum):
    """What can happen to a payment file."""

    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


P, F = PaymentFileStatus, PaymentFileEvent

# fmt: off
FILE_STEPS: dict[tuple[PaymentFileStatus, PaymentFileEvent], PaymentFileStatus] = {
    (P.MADE,     F.APPROVED):  P.APPROVED,
    (P.MADE,     F.WITHDRAWN): P.WITHDRAWN,
    (P.APPROVED, F.SENT):      P.SENT,
    (P.APPROVED, F.WITHDRAWN): P.WITHDRAWN,
    (P.SENT,     F.ACCEPTED):  P.ACCEPTED,
    (P.SENT,     F.REJECTED):  P.REJECTED,
    (P.ACCEPTED, F.REJECTED):  P.REJECTED,
}
# fmt: on


def next_file_status(status: PaymentFileStatus, event: PaymentFileEvent) -> PaymentFileStatus:
    """Where a payment file stands after ``event``; raises IllegalStep."""
    try:
        return FILE_STEPS[status, event]
    except KeyError:
        raise IllegalStep(f"{event} cannot happen to a payment file that is {status}") from None


class Meaning(StrEnum):
    """What an entry of a bank statement is."""

    UNEXPLAINED = "unexplained"  # it stands in suspense
    PAYOUT_BOOKED = "payout_booked"
    PAYOUT_RETURNED = "payout_returned"
    SCHEME_SETTLEMENT = "scheme_settlement"  # the scheme has paid one settlement file, or several
    EXPLAINED = "explained"  # a person said what it is


class FileState(StrEnum):
    """What became of a file of the scheme's, or of a bank's."""

    LOADED = "loaded"  # its rows are the day's
    REFUSED = "refused"  # malformed: nothing of it counts
    SUPERSEDED = "superseded"  # a corrected one came for the same day


class Way(StrEnum):
    """Which two of the books a run compares."""

    TRANSACTIONS = "transactions"  # ours against the scheme's transaction file
    SETTLEMENT = "settlement"  # the transaction files against the settlement file
    BANK = "bank"  # the settlement file against the bank's statements


class BreakKind(StrEnum):
    """In what the two differ (settlement-conventions section 7)."""

    MISSING_AT_US = "missing_at_us"  # they have it, we have not
    MISSING_AT_THEM = "missing_at_them"  # we have it, they have not, or have not yet
    AMOUNT = "amount"
    CURRENCY = "currency"
    STATUS = "status"  # paid, cancelled, given back: one says otherwise than the other
    FEE = "fee"
    MERCHANT = "merchant"  # printed for another merchant than ours
    SCHEME_ID = "scheme_id"  # the same payment under another trade of theirs
    TIME = "time"  # at an hour at which it did not happen
    RATE = "rate"  # at another rate than the trade's, or counted otherwise than by its rate
    DUPLICATE = "duplicate"  # the same thing twice
    LATE = "late"  # it came, in the file of another day


class BreakState(StrEnum):
    """Where a break stands; only an open one is anybody's work."""

    OPEN = "open"
    MENDED = "mended"  # the two agree now, by themselves
    RESOLVED = "resolved"  # a person said how


class Expected(StrEnum):
    """Where one of a day's files stands that the scheme is expected to give us."""

    WAITING = "waiting"  # not there yet; looked for again and again
    TAKEN = "taken"  # loaded; looked at again while a correction may come
    REFUSED = "refused"  # it came malformed: a corrected one is waited for
    GIVEN_UP = "given_up"  # the scheme keeps its files so long and no longer


class Resolution(StrEnum):
    """How a person ends a break; what each posts stands in settlement.resolutions."""

    EXPLAINED = "explained"
    WRITTEN_OFF = "written_off"
    SUSPENSE = "suspense"
    FX_DIFFERENCE = "fx_difference"
    FEE_ACCEPTED = "fee_accepted"
    BANK_CHARGE = "bank_charge"
    BOOKED = "booked"
    PASSED_ON = "passed_on"


class Explanation(StrEnum):
    """What a person says that an entry of the bank is; its account stands in
    settlement.explanations."""

    SETTLEMENT = "settlement"
    SCHEME_COST = "scheme_cost"
    BANK_CHARGE = "bank_charge"
    FX_DIFFERENCE = "fx_difference"
    MERCHANT = "merchant"
    OWN_MONEY = "own_money"
    WRITTEN_OFF = "written_off"
