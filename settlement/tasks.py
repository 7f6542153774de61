"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from settlement.services.check_books import check_due_books
from settlement.services.compare_due import compare_due_days
from settlement.services.forget_exports import forget_old_exports
from settlement.services.make_files import make_due_files
from settlement.services.sweep import settle_ended_days
from settlement.services.sweep_files import fetch_due_files
from settlement.services.tell_missing import tell_missing_files
from settlement.services.write_export import EXPORTS, write_export
from tenancy.background import task


@task("settlement.settle_ended_days")
def settle_ended() -> None:
    """Every five minutes: settle the days that have ended."""
    settle_ended_days()


@task("settlement.check_books")
def check_books() -> None:
    """Every hour: the books of each acquirer that had no check for a day."""
    check_due_books()


@task("settlement.sweep_exports")
def sweep_due_exports() -> None:
    """Every few seconds: exports that wait to be written."""
    EXPORTS.hand_out_due()


@task(EXPORTS.task)
def write_one_export(export_id: str, acquirer_id: str) -> None:
    """Write one export."""
    write_export(UUID(export_id), acquirer_id=UUID(acquirer_id))


@task("settlement.forget_exports")
def forget_exports() -> None:
    """Every hour: files that are older than they are kept."""
    forget_old_exports()


@task("settlement.make_files")
def make_files() -> None:
    """Every five seconds: the files of batches that were frozen."""
    make_due_files()


@task("settlement.fetch_files")
def fetch_files() -> None:
    """Every 30 seconds: the scheme's files that are due, and the word about those that are not
    there."""
    fetch_due_files()
    tell_missing_files()


@task("settlement.compare_due_days")
def compare_days() -> None:
    """Every 15 seconds: days whose files came, or whose breaks Alipay was asked about."""
    compare_due_days()
