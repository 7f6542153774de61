"""What a person may say that an entry of the bank is: one table, to the account that takes it."""

from dataclasses import dataclass

from settlement.state import Explanation

E = Explanation


@dataclass(frozen=True, slots=True)
class Cause:
    """``account`` is debited with what left the bank, and credited with what came in.

    ``of_merchant`` and ``of_files`` say what else must be named: whose it is, which settlements.
    """

    label: str
    meaning: str
    account: str
    of_merchant: bool = False
    of_files: bool = False


CAUSES: dict[Explanation, Cause] = {
    E.SETTLEMENT: Cause(
        "It pays settlements of the scheme",
        "The files that you name are paid by it; what does not add up stays a break of the last.",
        "scheme_clearing",
        of_files=True,
    ),
    E.SCHEME_COST: Cause(
        "A charge of the scheme",
        "Charged or given back beside the settlement files: it is cost of the scheme.",
        "scheme_cost",
    ),
    E.BANK_CHARGE: Cause(
        "A charge or interest of the bank",
        "It is cost of the acquirer's account, or lessens it.",
        "bank_charge",
    ),
    E.FX_DIFFERENCE: Cause(
        "A difference of rates",
        "It goes to the account of roundings and rates.",
        "fx_difference",
    ),
    E.MERCHANT: Cause(
        "It is a merchant's",
        "What came in is given to the merchant, what went out taken, in its next settlement.",
        "adjustment",
        of_merchant=True,
    ),
    E.OWN_MONEY: Cause(
        "The acquirer's own money",
        "Put into the account by the acquirer, or taken out of it.",
        "own_money",
    ),
    E.WRITTEN_OFF: Cause(
        "Write the entry off",
        "The acquirer bears it, or keeps it.",
        "adjustment",
    ),
}
