"""What a bank statement says, whatever its form, and how it is refused."""

from dataclasses import dataclass
from datetime import date

LONGEST_BYTES = 64 * 1024 * 1024
ENTRIES_LIMIT = 200_000
AMOUNT_LIMIT = 10**15  # minor units; no account of a bank holds so much


class StatementRefused(ValueError):
    """What is wrong with the file, in a sentence; ``line`` counts from 1, ``column`` names the
    field or column where the form has such."""

    def __init__(self, reason: str, line: int, column: str = "") -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(f"line {line}{column and ', '}{column}: {reason}")


@dataclass(frozen=True, slots=True)
class BankEntry:
    """A booked entry; ``minor`` is signed: positive is money that came in.

    ``references`` are all the ids that the bank gives (ours first), ``remittance`` its free text,
    ``reason`` why a payment was returned.
    """

    line: int
    minor: int
    currency: str
    booked_on: date | None
    value_on: date | None
    bank_reference: str
    references: tuple[str, ...]
    remittance: str
    is_reversal: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One account over one period; balances are signed minor units of ``currency``."""

    id: str
    account: str
    currency: str
    opening: int
    closing: int
    closes_on: date | None
    entries: tuple[BankEntry, ...]


def check_statement(read: BankStatement) -> BankStatement:
    """The statement, if our tables can hold it. Raises StatementRefused."""
    for entry in read.entries:
        if abs(entry.minor) > AMOUNT_LIMIT:
            raise StatementRefused("an amount of more than 15 digits", entry.line)
        texts = (entry.bank_reference, *entry.references, entry.remittance, entry.reason)
        if any("\0" in text for text in texts):
            raise StatementRefused("a text with a NUL", entry.line)
    if max(abs(read.opening), abs(read.closing)) > AMOUNT_LIMIT:
        raise StatementRefused("a balance of more than 15 digits", 1)
    if "\0" in f"{read.id}{read.account}":
        raise StatementRefused("a NUL in the account or the id", 1)
    return read
