"""The store in memory: the services run on it as they are, only their SQL is played in Python.

Every statement that a history can send has its twin in statements.py, found by the statement's own
text; one that has none raises. That the twins are true is shown history by history on the real
PostgreSQL (test_histories.py), row by row and column by column.
"""

from tests.payments.histories.memory.store import Memory

__all__ = ["Memory"]
