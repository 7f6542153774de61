"""Waking others: the driver at a due time, and whoever waits for an end. Both may get lost.

Neither is the truth. A task that the broker lost is found again by the sweep; a waiter that heard
nothing looks into the table once a second.
"""

from datetime import datetime
from uuid import UUID

import redis
import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from kernel import clock

log = structlog.get_logger(__name__)

CHANNEL = "tillgate:ended"
TASK_LIFE_SECONDS = 10  # an older task is no use: the sweep has taken its place
DRIVE_PAYMENT = "payments.drive_payment"
DRIVE_REFUND = "payments.drive_refund"

_broker: redis.Redis | None = None


def get_broker() -> redis.Redis:
    """This process's connection pool to Valkey, with short limits: nobody may wait for it."""
    global _broker
    if _broker is None:
        _broker = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, max_connections=64
        )
    return _broker


def announce_end(row_id: UUID) -> None:
    """Tell every process that a payment or refund has ended; silence is survivable."""
    try:
        get_broker().publish(CHANNEL, row_id.bytes)
    except redis.RedisError as error:
        log.warning("end_not_announced", error=type(error).__name__)


def wake_driver(task: str, row_id: UUID, *, acquirer_id: UUID, due_at: datetime) -> None:
    """Have ``task`` run at ``due_at``; if the broker is away, the sweep will find the row."""
    delay = max(0.0, (due_at - clock.now()).total_seconds())
    try:
        current_app.send_task(
            task,
            args=[str(row_id), str(acquirer_id)],
            countdown=delay,
            expires=delay + TASK_LIFE_SECONDS,
            retry=False,
        )
    except (OperationalError, redis.RedisError, OSError) as error:
        log.warning("driver_not_woken", error=type(error).__name__)
