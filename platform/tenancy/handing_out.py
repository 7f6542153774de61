"""Due rows of any tenant, handed to workers: each by its id and by whose it is (law 7).

The row stays due until a worker takes it. So a broker that is away loses nothing, and a task that
nobody takes expires before the next sweep hands its row out again.
"""

from collections.abc import Sequence
from uuid import UUID

import redis
import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def hand_out(task: str, due: Sequence[tuple[UUID, UUID]], *, expires_seconds: int) -> int:
    """Send ``task`` for each row and its acquirer, ids as text; how many rows are due."""
    for row_id, acquirer_id in due:
        args = [str(row_id), str(acquirer_id)]
        try:
            current_app.send_task(task, args=args, expires=expires_seconds, retry=False)
        except (OperationalError, redis.RedisError, OSError) as error:
            log.warning("row_not_handed_out", task=task, error=type(error).__name__)
    return len(due)
