"""The headers that this API reads: Prefer, Accept-Language."""

import re

from rest_framework.request import Request

from api.languages import read_language

__all__ = ["read_language", "read_wait"]
DEFAULT_WAIT_SECONDS = 10
LONGEST_WAIT_SECONDS = 60
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,4})\"?(?=$|[,;\s])", re.IGNORECASE)


def read_wait(request: Request) -> int:
    """Seconds to wait for an end, from ``Prefer: wait=N`` (RFC 7240); 0 to 60, 10 if absent.

    A preference that cannot be read is ignored, as the RFC says.
    """
    match = _WAIT.search(request.META.get("HTTP_PREFER", ""))
    if match is None:
        return DEFAULT_WAIT_SECONDS
    return min(int(match[1]), LONGEST_WAIT_SECONDS)
