"""What must always hold of the books: one table of statements, each finding what breaks its rule.

One statement sees the tables at one moment. Source of the rules: settlement-conventions §2 and §4.
"""

from settlement.books.charged import FEES, INCOME, RETURNED, RULE, VOLUMES
from settlement.books.paid import BANK, ENTRIES, PAYOUTS, SETTLEMENTS
from settlement.books.posted import (
    ADJUSTMENTS,
    BALANCED,
    CAUSES,
    FITTING,
    PAYMENTS,
    PROMOTIONS,
    REFUNDS,
)
from settlement.books.settled import BATCHES, CARRIED, CLOSINGS, LINES, OWED, RESERVES
from tenancy.invariants import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant("balanced", "Each transaction balances, in each currency and mode.", "ltx", BALANCED),
    Invariant("fitting", "Each entry fits the account it stands in.", "len", FITTING),
    Invariant("payments", "Each payment stands in the books as it ended.", "pay", PAYMENTS),
    Invariant("refunds", "Each refund stands in the books as it ended.", "rfd", REFUNDS),
    Invariant(
        "promotions", "What the acquirer bears of a price stands in the books.", "pay", PROMOTIONS
    ),
    Invariant("adjustments", "Each adjustment stands in the books.", "adj", ADJUSTMENTS),
    Invariant("causes", "Nothing was posted without its cause.", "ltx", CAUSES),
    Invariant(
        "settlements",
        "What the scheme settles and charges stands in the books as its file says.",
        "sfl",
        SETTLEMENTS,
    ),
    Invariant(
        "entries",
        "What nobody has explained of the bank's entries stands in suspense, no more.",
        "ben",
        ENTRIES,
    ),
    Invariant("payouts", "A payout is in transit until the bank has ended it.", "pyo", PAYOUTS),
    Invariant("reserves", "What is held back is what no batch has released.", "lac", RESERVES),
    Invariant("closings", "Each closing is the sum of the entries before it.", "lac", CLOSINGS),
    Invariant("batches", "Each batch adds up, and is the sum of its lines.", "set", BATCHES),
    Invariant("carried", "What a batch carries on stands in the books.", "set", CARRIED),
    Invariant("lines", "Each line is one entry of its merchant.", "sln", LINES),
    Invariant("fees", "Each fee names the version and the VAT rate that made it.", "sln", FEES),
    Invariant("rule", "Each fee is what its version says, charged again.", "sln", RULE),
    Invariant("returned", "No sale gives back more than its fee.", "pay", RETURNED),
    Invariant("income", "Fees and VAT of each batch stand in the books.", "set", INCOME),
    Invariant("volumes", "The volume of a month is what its batches have sold.", "set", VOLUMES),
    Invariant("bank", "What stands in the bank is what its statements say.", "pya", BANK),
    Invariant("owed", "What is owed is what no batch has settled yet.", "lac", OWED),
)
