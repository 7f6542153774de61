"""Celery's tasks: they parse and call. A task may be lost, and may come twice."""

from uuid import UUID

from payments.services import drive, drive_refund, forget, wake
from payments.services.sweep import sweep
from tenancy.background import task


@task(wake.DRIVE_PAYMENT)
def drive_payment(payment_id: str, acquirer_id: str) -> None:
    """Drive one payment in doubt."""
    drive.drive_payment(UUID(payment_id), acquirer_id=UUID(acquirer_id))


@task(wake.DRIVE_REFUND)
def drive_refund_task(refund_id: str, acquirer_id: str) -> None:
    """Drive one refund in doubt."""
    drive_refund.drive_refund(UUID(refund_id), acquirer_id=UUID(acquirer_id))


@task("payments.sweep")
def sweep_due() -> None:
    """Every second: find what is overdue and hand it out."""
    sweep()


@task("payments.forget_old")
def forget_old() -> None:
    """Every hour: let go of the evidence of old payments."""
    forget.forget_old()
