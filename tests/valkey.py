"""Each process of a test run has a Valkey index of its own: workers must not take each other's
tasks, nor those of a system that runs in the same checkout on index 0."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

INDEXES = 16  # what Valkey has unless it is told otherwise


def index_of(worker_id: str) -> int:
    """1 for the only process and for xdist's ``gw0``, 2 for ``gw1``, …; never 0."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    return 1 + number % (INDEXES - 1)


def with_index(redis_url: str, index: int) -> str:
    """The same server, at ``index``."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        query = dict(parse_qsl(parts.query)) | {"db": str(index)}
        # urlunsplit would drop the empty host of unix:///path.
        return f"unix://{parts.netloc}{parts.path}?{urlencode(query)}"
    return urlunsplit(parts._replace(path=f"/{index}"))
