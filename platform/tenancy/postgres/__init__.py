"""PostgreSQL as Tillgate uses it: each connection knows whose rows it may see."""

from django.db import connection


def release_connection() -> None:
    """Give the connection back to the pool: nobody holds one while the scheme thinks.

    Inside a transaction it is kept, for closing would end the transaction.
    """
    if not connection.in_atomic_block:
        connection.close()
