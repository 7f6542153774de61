"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from celery import shared_task

from payments.services import drive, drive_refund, forget, wake
from payments.services.sweep import sweep
from tenancy.postgres import release_connection


@shared_task(name=wake.DRIVE_PAYMENT)
def drive_payment(payment_id: str, acquirer_id: str) -> None:
    """Drive one payment in doubt."""
    try:
        drive.drive_payment(UUID(payment_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name=wake.DRIVE_REFUND)
def drive_refund_task(refund_id: str, acquirer_id: str) -> None:
    """Drive one refund in doubt."""
    try:
        drive_refund.drive_refund(UUID(refund_id), acquirer_id=UUID(acquirer_id))
    finally:
        release_connection()


@shared_task(name="payments.sweep")
def sweep_due() -> None:
    """Every second: find what is overdue and hand it out."""
    try:
        sweep()
    finally:
        release_connection()


@shared_task(name="payments.forget_old")
def forget_old() -> None:
    """Every hour: let go of the evidence of old payments."""
    try:
        forget.forget_old()
    finally:
        release_connection()
