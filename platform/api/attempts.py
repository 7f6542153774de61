"""How often one address may try what needs no credentials: counted in the cache, per process none.

The counts may be lost with the cache; what is guessed at must be too long to be found even then.
"""

from typing import Any

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from kernel import clock
from kernel.errors import Unavailable

_RETRY_AFTER_SECONDS = 5


def nobody_counts() -> Unavailable:
    """The refusal where tries are limited and cannot be counted: nothing is tried."""
    return Unavailable(
        "attempts_not_counted",
        "Tries cannot be counted at the moment; try again.",
        retry_after_seconds=_RETRY_AFTER_SECONDS,
    )


class AttemptsPerAddress(SimpleRateThrottle):
    """``view.attempts = (10, 600)``: ten tries within 600 s from one address."""

    scope = "attempts"

    def __init__(self) -> None:
        """Nothing of the library's settings is read."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Raises Unavailable when nobody can count: then nothing is tried."""
        self.num_requests, self.duration = view.attempts
        self.rate = f"{self.num_requests}/{self.duration}"
        self.timer = lambda: clock.now().timestamp()
        try:
            return super().allow_request(request, view)
        except RedisError:
            raise nobody_counts() from None

    def get_cache_key(self, request: Request, view: Any) -> str:
        # Never X-Forwarded-For, which anybody can write: api.client_address has read it if it may.
        return f"attempts:{type(view).__name__}:{request.META.get('REMOTE_ADDR', '')}"
