"""Doing the work of a POST once per Idempotency-Key: one transaction for the work and its key."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from api import kept_keys
from api.idempotency import RequestKey


@dataclass(frozen=True, slots=True)
class Done:
    """The object that a request was about; ``is_replay`` if the work was done before."""

    object_id: UUID
    is_replay: bool


def once(key: RequestKey | None, object_type: str, work: Callable[[], UUID]) -> Done:
    """Do ``work`` and keep the key, or find the object of the work that was done under it.

    ``work`` returns its object's id, whose prefix is ``object_type``; it may write to the database
    and nothing else, since a request with the same key waits for it. What it raises leaves no
    key behind. Raises Conflict ``idempotency_key_reused`` for a request with other content.
    """
    with transaction.atomic():
        if key is not None and not kept_keys.take(key, object_type, None):
            return _done_before(key)
        object_id = work()
        if key is not None:
            kept_keys.rows_of(key).update(object_id=object_id)
    return Done(object_id, is_replay=False)


def _done_before(key: RequestKey) -> Done:
    object_id = kept_keys.find(key)
    assert object_id is not None  # noqa: S101 - the key was committed with its object
    return Done(object_id, is_replay=True)
