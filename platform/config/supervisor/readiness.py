"""Decides whether a child serves: it lives, it answers, and it is the one that answers."""

import http.client
import time
from urllib.parse import urlsplit

from config.embedded.failure import tail
from config.supervisor.addresses import is_listening
from config.supervisor.child import Child
from config.supervisor.failure import SupervisorError

_ANSWER_SECONDS = 2.0
_PAUSE_SECONDS = 0.05


def wait_until_ready(child: Child, *, timeout_seconds: float) -> None:
    """Come back when ``child`` serves; raises SupervisorError with the end of its log if not."""
    deadline = time.monotonic() + timeout_seconds
    while not _is_ready(child):
        if (status := child.died()) is not None:
            raise report(child, f"ended with status {status} before it was ready")
        if time.monotonic() > deadline:
            raise report(child, f"was not ready after {timeout_seconds:g} s")
        time.sleep(_PAUSE_SECONDS)


def _is_ready(child: Child) -> bool:
    url = child.program.ready_url
    if url is None:
        return True
    if child.pid is None or not answers_ok(url):
        return False
    # A socket that we hold and hand on is ours for certain; a port that the child opens is not.
    return bool(child.program.inherits) or is_listening(child.pid, urlsplit(url).port or 0)


def answers_ok(url: str) -> bool:
    """Whether GET ``url`` (http only) gives 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def report(child: Child, what: str) -> SupervisorError:
    """The error that says what happened to ``child``, with the end of its log."""
    return SupervisorError(
        f"{child.program.name} {what}.\n--- the end of {child.log}\n{tail(child.log)}"
    )
