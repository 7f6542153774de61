"""The books in the console: journal, entries, accounts and the trial balance."""

from ledger.admin.accounts import AccountAdmin
from ledger.admin.entries import EntryAdmin
from ledger.admin.journal import TransactionAdmin

__all__ = ["AccountAdmin", "EntryAdmin", "TransactionAdmin"]
