"""Several packages' writes in one statement: each gives a fragment, one round trip carries all.

A fragment is an ``INSERT … SELECT … FROM <source>``: it writes only if the statement that it is
joined to (the common table expression called ``source``) changed a row. Fewer round trips are
worth more than anything else inside the database (docs/decisions/0006).
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fragment:
    """``sql`` becomes the common table expression ``name``; keys of ``params`` start with it."""

    name: str
    sql: str
    params: dict[str, Any]
