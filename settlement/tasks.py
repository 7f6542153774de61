"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from celery import shared_task

from settlement.services.check_books import check_due_books
from settlement.services.compare_due import compare_due_days
from settlement.services.forget_exports import forget_old_exports
from settlement.services.make_files import make_due_files
from settlement.services.sweep import settle_ended_days
from settlement.services.sweep_files import fetch_due_files
from settlement.services.tell_missing import tell_missing_files
from settlement.services.write_export import EXPORTS, write_export
from tenancy.postgres import release_connection


@shared_task(name="settlement.settle_ended_days")
def settle_ended() -> None:
    """Every five minutes: settle the days that have ended."""
    try:
        settle_ended_days()
    finally:
        release_connection()


@shared_task(name="settlement.check_books")
def check_books() -> None:
    """Every hour: the books of each acquirer that had no check for a day."""
    try:
        check_due_books()
    finally:
        release_connection()


@shared_task(name="settlement.sweep_exports")
def sweep_due_exports() -> None:
    """Every few seconds: exports that wait to be written."""
    try:
        EXPORTS.hand_out_due()
    finally:
        release_connection()


@shared_task(name=EXPORTS.task)
def write_one_export(export_id: str, acquirer_id: str) -> None:
    """Write one export."""
    try:
        write_export(UUID(export_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name="settlement.forget_exports")
def forget_exports() -> None:
    """Every hour: files that are older than they are kept."""
    try:
        forget_old_exports()
    finally:
        release_connection()


@shared_task(name="settlement.make_files")
def make_files() -> None:
    """Every five seconds: the files of batches that were frozen."""
    try:
        make_due_files()
    finally:
        release_connection()


@shared_task(name="settlement.fetch_files")
def fetch_files() -> None:
    """Every 30 seconds: the scheme's files that are due, and the word about those that are not
    there."""
    try:
        fetch_due_files()
        tell_missing_files()
    finally:
        release_connection()


@shared_task(name="settlement.compare_due_days")
def compare_days() -> None:
    """Every 15 seconds: days whose files came, or whose breaks Alipay was asked about."""
    try:
        compare_due_days()
    finally:
        release_connection()
