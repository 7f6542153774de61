"""Reads the id in what a person typed into a search box, of whatever kind it is."""

from uuid import UUID

from kernel.ids import InvalidId, decode


def key_in(text: str) -> list[UUID]:
    """The UUID behind ``pay_01j…`` or the UUID itself, as a list of one; else an empty list."""
    try:
        return [decode(text.partition("_")[0], text) if "_" in text else UUID(text)]
    except (InvalidId, ValueError):
        return []
