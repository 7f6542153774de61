"""Which statements PostgreSQL keeps: those of a payment's way, and no others.

A kept one is planned once for whatever it is asked, after five times. That spares a statement that
touches a few rows, by their ids, a part of its work. It is ruin for one that goes through many: for
*any* merchants is planned as for ten, and a day of a thousand is then compared row by row
(docs/decisions/0049). So everything outside ``prepared`` is planned for what it is asked.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NEVER = sys.maxsize  # times; what asks for it by itself is prepared nevertheless
_AFTER_THE_FIRST = 1
_threshold: ContextVar[int] = ContextVar("tillgate_prepare_threshold", default=NEVER)


@contextmanager
def prepared() -> Iterator[None]:
    """Keep the statements inside: for those that touch a few rows, by their ids, many times a
    second. It decorates a function, too."""
    token = _threshold.set(_AFTER_THE_FIRST)
    try:
        yield
    finally:
        _threshold.reset(token)


def prepare_threshold() -> int:
    """How often a statement is seen before it is prepared, as psycopg counts."""
    return _threshold.get()
