"""The chart of accounts: one table of kinds, each with the side on which it normally stands."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Debit balances are positive numbers, credit balances negative ones."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Kind:
    """What an account of this kind holds, in one sentence."""

    side: Side
    meaning: str


KINDS: dict[str, Kind] = {
    "scheme_receivable": Kind(Side.DEBIT, "What the scheme owes the acquirer."),
    "merchant_payable": Kind(Side.CREDIT, "What the acquirer owes the merchant."),
    "merchant_available": Kind(Side.CREDIT, "Settled with the merchant, to be paid out."),
    "fee_income": Kind(Side.CREDIT, "Fees that merchants have paid."),
    "output_vat": Kind(Side.CREDIT, "Tax on fees, owed to the state."),
    "scheme_cost": Kind(Side.DEBIT, "What the scheme charges the acquirer."),
    "fx_difference": Kind(Side.DEBIT, "Rounding and rates between currencies."),
    "reserve": Kind(Side.CREDIT, "Held back from a merchant for a time."),
    "payout_in_transit": Kind(Side.CREDIT, "Sent to a bank, not yet confirmed."),
    "scheme_clearing": Kind(Side.DEBIT, "Settled by the scheme, not yet seen at the bank."),
    "bank": Kind(Side.DEBIT, "What stands in the acquirer's bank account."),
    "bank_charge": Kind(Side.DEBIT, "What banks charge the acquirer, less what they give."),
    "own_money": Kind(Side.CREDIT, "What the acquirer put into the account, less what it took."),
    "promotion_cost": Kind(
        Side.DEBIT, "What the acquirer pays of the coupons and points that customers used."
    ),
    # A note of what merchants let their customers off at their own cost: no money moves.
    "merchant_discount": Kind(Side.DEBIT, "Let off by the merchant at its own cost; a note."),
    "merchant_discount_noted": Kind(Side.CREDIT, "The other side of that note."),
    "adjustment": Kind(Side.DEBIT, "What the acquirer has given to merchants, or taken back."),
    "suspense": Kind(Side.DEBIT, "Not yet explained."),
}
