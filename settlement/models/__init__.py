"""The tables of a day's money, a file for each idea."""

from settlement.models.adjustment import Adjustment
from settlement.models.bank_statement import BankEntry, BankFile, BankStatement, PaidSettlement
from settlement.models.batch import Batch, Line
from settlement.models.books_check import BooksCheck
from settlement.models.day import Day
from settlement.models.export import Export
from settlement.models.fee_invoice import FeeInvoice, Issuer
from settlement.models.fee_plan import FeeAssignment, FeePlan, FeePrice, FeeVersion
from settlement.models.fetching import ExpectedFile, FilePlace
from settlement.models.file import File, FileKind, Filing
from settlement.models.journal import Journal
from settlement.models.paying_account import PayingAccount
from settlement.models.payment_file import PaymentFile
from settlement.models.payout import Payout, PayoutTransition, Reserve
from settlement.models.reconciliation import Break, Note, Run
from settlement.models.schedule import Schedule
from settlement.models.scheme_contract import SchemeContract
from settlement.models.scheme_file import SchemeFile, SchemeRow
from settlement.models.vat import VatRate
from settlement.models.volume import Volume

__all__ = [
    "Adjustment",
    "BankEntry",
    "BankFile",
    "BankStatement",
    "Batch",
    "BooksCheck",
    "Break",
    "Day",
    "ExpectedFile",
    "Export",
    "FeeAssignment",
    "FeeInvoice",
    "FeePlan",
    "FeePrice",
    "FeeVersion",
    "File",
    "FileKind",
    "FilePlace",
    "Filing",
    "Issuer",
    "Journal",
    "Line",
    "Note",
    "PaidSettlement",
    "PayingAccount",
    "PaymentFile",
    "Payout",
    "PayoutTransition",
    "Reserve",
    "Run",
    "Schedule",
    "SchemeContract",
    "SchemeFile",
    "SchemeRow",
    "VatRate",
    "Volume",
]
