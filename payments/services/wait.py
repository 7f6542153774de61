"""Waiting for an end, or for a code to show: woken within moments, without holding a connection.

One listener per process hears the ends that other processes announce; one look per second into
the table covers what was announced while nobody listened. Law 7: the announcement may get lost.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import redis
import structlog
from django.db import DatabaseError, connection

from payments.models import Payment, Refund
from payments.services.wake import CHANNEL, get_broker
from tenancy.postgres import release_connection
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 1.0
_RECONNECT_SECONDS = 1.0
_ANSWERED = """
SELECT id FROM payments_payment
 WHERE id = ANY(%(ids)s)
   AND (status IN ('succeeded', 'failed', 'canceled') OR qr_code IS NOT NULL)
UNION ALL
SELECT id FROM payments_refund WHERE id = ANY(%(ids)s) AND status <> 'processing'
"""

_lock = threading.Lock()
_waiting: dict[UUID, list[threading.Event]] = {}
_has_listener = False


@contextmanager
def waiting_for(row_id: UUID) -> Iterator[threading.Event]:
    """An event that is set when the payment or refund may have ended, or has a code to show.

    Enter before the work begins, and look at the row when it is set.
    """
    woken = threading.Event()
    with _lock:
        _waiting.setdefault(row_id, []).append(woken)
    _ensure_listening()
    try:
        yield woken
    finally:
        with _lock:
            _waiting[row_id].remove(woken)
            if not _waiting[row_id]:
                del _waiting[row_id]


def note_answer(row_id: UUID) -> None:
    """Wake whoever in this process waits for ``row_id``."""
    with _lock:
        events = list(_waiting.get(row_id, ()))
    for event in events:
        event.set()


def _ensure_listening() -> None:
    global _has_listener
    if _has_listener:
        return
    with _lock:
        if _has_listener:
            return
        _has_listener = True
    threading.Thread(target=_listen, name="ends-listener", daemon=True).start()
    threading.Thread(target=_look, name="ends-looker", daemon=True).start()


def _listen() -> None:
    while True:
        try:
            with get_broker().pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
                channel.subscribe(CHANNEL)
                while True:
                    message = channel.get_message(timeout=_LOOK_EVERY_SECONDS)
                    if message is not None:
                        note_answer(UUID(bytes=message["data"]))
        except (redis.RedisError, OSError, ValueError) as error:
            log.warning("ends_not_heard", error=type(error).__name__)
            time.sleep(_RECONNECT_SECONDS)


def _look() -> None:
    while True:
        time.sleep(_LOOK_EVERY_SECONDS)
        with _lock:
            wanted = list(_waiting)
        if wanted:
            for row_id in _find_answered(wanted):
                note_answer(row_id)


def _find_answered(wanted: list[UUID]) -> list[UUID]:
    try:
        with platform_scope(), connection.cursor() as cursor:
            cursor.execute(_ANSWERED, {"ids": wanted})
            return [row[0] for row in cursor.fetchall()]
    except DatabaseError as error:
        log.warning("ends_not_looked_up", error=type(error).__name__)
        return []
    finally:
        release_connection()


Row = TypeVar("Row", Payment, Refund)


def await_end(row: Row, seconds: float, *, look_first: bool) -> Row:
    """``row`` as it is when it ends, or after ``seconds``.

    ``look_first`` reads the row once more after listening began: for work that another thread
    may have ended before. A row whose own object is being carried in this process needs no look.
    """
    return _await(row, seconds, _has_ended, look_first=look_first)


def await_answer(payment: Payment, seconds: float, *, look_first: bool) -> Payment:
    """As ``await_end``, but a payment whose code the till can show is not waited for any more."""
    return _await(payment, seconds, _has_answer, look_first=look_first)


def _has_ended(row: Payment | Refund) -> bool:
    return row.has_ended


def _has_answer(row: Payment | Refund) -> bool:
    return row.has_answer if isinstance(row, Payment) else row.has_ended


def _await(row: Row, seconds: float, is_enough: Callable[[Row], bool], *, look_first: bool) -> Row:
    give_up_at = time.monotonic() + seconds
    with waiting_for(row.id) as woken:
        if look_first:
            row = _read_again(row)
        release_connection()
        while not is_enough(row) and woken.wait(max(0.0, give_up_at - time.monotonic())):
            woken.clear()
            if not is_enough(row):
                row = _read_again(row)
                release_connection()
    return row if is_enough(row) else _read_again(row)


def _read_again(row: Row) -> Row:
    return type(row).objects.get(id=row.id)
