"""A Celery whose queues have a limit: while no worker takes anything, the broker does not fill up.

What is not sent is lost, and may be: the tables say what is due, and the sweep finds it again.
redis is imported where it is used: gunicorn's master loads this file before anything is patched.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery
from django.conf import settings

log = structlog.get_logger(__name__)

QUEUE_LIMIT = 1000  # tasks that no worker has fetched yet
_LOOK_EVERY_SECONDS = 1.0  # between two looks at one queue; it may grow by as much beyond its limit
_BROKER_SECONDS = 1.0


class Room:
    """Whether a queue may take more. ``length`` answers for a queue, ``now`` in seconds."""

    def __init__(
        self, length: Callable[[str], int], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._length = length
        self._now = now
        self._known: dict[str, tuple[float, bool]] = {}

    def is_left(self, queue: str) -> bool:
        """Asks the broker once a second at most; where it does not answer, sending may fail too."""
        looked_at, is_left = self._known.get(queue, (float("-inf"), True))
        if self._now() - looked_at < _LOOK_EVERY_SECONDS:
            return is_left
        is_left = self._look(queue)
        self._known[queue] = (self._now(), is_left)
        return is_left

    def _look(self, queue: str) -> bool:
        import redis

        try:
            length = self._length(queue)
        except redis.RedisError:
            return True
        if length >= QUEUE_LIMIT:
            log.warning("queue_full", queue=queue, length=length)
        return length < QUEUE_LIMIT


class BoundedCelery(Celery):
    """Sends nothing to a queue that is full; beat's tasks too go this way."""

    _room: Room | None = None

    def send_task(self, name: str, *args: Any, **options: Any) -> Any:
        """As Celery's; None for what was not sent."""
        if not self._get_room().is_left(self.amqp.router.route({}, name)["queue"].name):
            return None
        return super().send_task(name, *args, **options)

    def _get_room(self) -> Room:
        if self._room is None:
            import redis

            broker = redis.Redis.from_url(
                settings.REDIS_URL,
                socket_connect_timeout=_BROKER_SECONDS,
                socket_timeout=_BROKER_SECONDS,
            )
            self._room = Room(lambda queue: int(broker.llen(queue)))
        return self._room
