"""Work that one process does at a time: whoever else comes goes on to something else."""

from django.db import connection

_TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended('alone ' || %s, 0))"


def is_alone(work: str) -> bool:
    """Whether no other transaction is at ``work`` (a name of its own); none comes until this ends.

    Nobody waits: a second one would only do the same again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRY, [work])
        [(is_ours,)] = cursor.fetchall()
    return bool(is_ours)
