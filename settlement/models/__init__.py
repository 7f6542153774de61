"""The tables of a day's money, a file for each idea."""

from settlement.models.adjustment import Adjustment
from settlement.models.batch import Batch, Line
from settlement.models.books_check import BooksCheck
from settlement.models.day import Day
from settlement.models.export import Export
from settlement.models.file import File, FileKind, Filing
from settlement.models.payout import Payout, Reserve
from settlement.models.schedule import Schedule

__all__ = [
    "Adjustment",
    "Batch",
    "BooksCheck",
    "Day",
    "Export",
    "File",
    "FileKind",
    "Filing",
    "Line",
    "Payout",
    "Reserve",
    "Schedule",
]
