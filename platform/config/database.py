"""Turns DATABASE_URL and REDIS_URL into what Django and Celery want."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.env import BadEnvironment


def parse_database_url(url: str, *, role: str, pool_size: int) -> dict[str, Any]:
    """``postgresql://user:secret@host:5432/name?host=/socket/folder`` as Django wants it.

    ``role`` is what the connection becomes right after it is made: row-level security binds it,
    whatever the user of the URL may do. ``pool_size`` 0 means one connection per thread.
    Raises BadEnvironment for another scheme or a URL without a database.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise BadEnvironment("DATABASE_URL must look like postgresql://user:secret@host:5432/name")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    port = options.pop("port", None) or str(parts.port or "")
    options["assume_role"] = role
    options["server_side_binding"] = True
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "tenancy.postgres",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
    }


def celery_broker_url(redis_url: str) -> str:
    """REDIS_URL in Celery's words: a Unix socket is ``redis+socket`` there, its database a path."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    query = dict(parse_qsl(parts.query))
    user = parts.netloc if "@" in parts.netloc else ""
    return f"redis+socket://{user}{parts.path}?virtual_host={query.get('db', '0')}"
