"""Our ids as they travel through banks: in payment files, and back in statements.

A bank's set of characters has no underscore, and some banks write capitals: ``pyo_01j…`` goes out
as ``pyo-01j…`` and is found again in either form.
"""

import re
from collections.abc import Iterable
from uuid import UUID

from kernel import ids

_OURS = re.compile(r"(?<![0-9a-z])(pyo|pfl)[-_]([0-9a-hjkmnp-tv-z]{26})(?![0-9a-z])", re.IGNORECASE)


def to_wire(public_id: str) -> str:
    """``pyo_01j…`` as a bank takes it; 30 characters of the 35 that an id may have."""
    return public_id.replace("_", "-")


def find_ids(prefix: str, texts: Iterable[str]) -> list[UUID]:
    """The ids of a kind (``pyo``, ``pfl``) that stand in the texts, each once, in their order."""
    found: dict[UUID, None] = {}
    for text in texts:
        for kind, suffix in _OURS.findall(text):
            if kind.lower() == prefix:
                try:
                    found[ids.decode(prefix, f"{prefix}_{suffix.lower()}")] = None
                except ids.InvalidId:
                    continue
    return list(found)
