"""A partner's contract for its files: fee, layout, holidays, and its SFTP password."""

import json
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from sqlite3 import Connection

LAYOUTS = ("full", "short")
EMPTY_DAYS = ("absent", "empty")
ENCODINGS = ("utf-8", "gb18030")


@dataclass(frozen=True, slots=True)
class Contract:
    """``fee_percent`` of each amount, half up; ``holidays`` are days without settlement;
    who ``settles_daily`` settles at weekends, too.

    ``layout`` ``short`` is the older transaction file of eight columns. An ``absent`` empty day has
    no file, an ``empty`` one a file without rows.
    """

    fee_percent: str = "0.6"
    refund_returns_fee: bool = True
    layout: str = "full"
    empty_day: str = "absent"
    encoding: str = "utf-8"
    sftp_password: str = ""
    holidays: tuple[str, ...] = ()
    settles_daily: bool = False

    def fee(self, minor: int) -> int:
        """The fee of an amount, both in minor units."""
        exact = Decimal(minor) * Decimal(self.fee_percent) / 100
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def contract_of(rows: Connection, partner: str) -> Contract:
    """The partner's terms; whoever never set any has the defaults."""
    row = rows.execute("SELECT terms FROM contract WHERE partner = ?", (partner,)).fetchone()
    if row is None:
        return Contract()
    terms = json.loads(row["terms"])
    return replace(Contract(**terms), holidays=tuple(terms["holidays"]))


def keep(rows: Connection, partner: str, contract: Contract) -> None:
    """Write the terms down; they hold for every file that is made from now on."""
    rows.execute(
        "INSERT OR REPLACE INTO contract VALUES (?, ?)", (partner, json.dumps(asdict(contract)))
    )
