"""Become the tables' owner for a while: migrations and test clean-up change what code must not."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def as_owner(alias: str) -> Iterator[BaseDatabaseWrapper]:
    """Run the block on ``alias`` as the URL's own user instead of the code's role."""
    connection = connections[alias]
    options = connection.settings_dict["OPTIONS"]
    role = options.pop("assume_role", None)
    _reconnect(connection)
    try:
        yield connection
    finally:
        _reconnect(connection)
        if role is not None:
            options["assume_role"] = role


def _reconnect(connection: BaseDatabaseWrapper) -> None:
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()
