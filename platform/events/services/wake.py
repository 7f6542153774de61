"""Waking whoever delivers. It may get lost: the sweep finds what is due in the tables."""

from collections.abc import Iterable
from uuid import UUID

import redis
import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

DELIVER = "events.deliver_due"
_TASK_LIFE_SECONDS = 5  # an older task is no use: the sweep has taken its place


def wake_endpoints(endpoint_ids: Iterable[UUID]) -> None:
    """Have what is due for these endpoints delivered now, if a worker hears of it."""
    for endpoint_id in dict.fromkeys(endpoint_ids):
        try:
            current_app.send_task(
                DELIVER, args=[str(endpoint_id)], expires=_TASK_LIFE_SECONDS, retry=False
            )
        except (OperationalError, redis.RedisError, OSError) as error:
            log.warning("delivery_not_woken", error=type(error).__name__)
            return
