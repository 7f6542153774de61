"""Waking whoever reckons points. It may get lost: the sweep finds what is due in the tables."""

from collections.abc import Iterable
from uuid import UUID

import redis
import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

SETTLE_EARNING = "loyalty.settle_earning"
_TASK_LIFE_SECONDS = 10  # an older task is no use: the sweep has taken its place


def wake_earnings(acquirer_id: UUID, earning_ids: Iterable[UUID]) -> None:
    """Have these reckoned now, if a worker hears of it."""
    for earning_id in earning_ids:
        args = [str(earning_id), str(acquirer_id)]
        try:
            current_app.send_task(
                SETTLE_EARNING, args=args, expires=_TASK_LIFE_SECONDS, retry=False
            )
        except (OperationalError, redis.RedisError, OSError) as error:
            log.warning("earning_not_woken", error=type(error).__name__)
            return
