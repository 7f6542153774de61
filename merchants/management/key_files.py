"""Reads a key from a file or standard input, so that it never stands in a list of processes."""

import sys
from pathlib import Path

from django.core.management.base import CommandError

_LIMIT = 16 * 1024  # characters; an RSA-4096 key in PEM has about 3,300


def read_key_file(option: str, path: str | None) -> str:
    """The stripped text of ``path`` (``-`` is stdin), empty for None. Raises CommandError."""
    if path is None:
        return ""
    try:
        if path == "-":
            text = sys.stdin.read(_LIMIT + 1)
        else:
            with Path(path).open(encoding="ascii") as file:
                text = file.read(_LIMIT + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{option}: cannot read {path}: {error}.") from None
    if len(text) > _LIMIT or not text.strip():
        raise CommandError(f"{option}: {path} holds no key.")
    return text.strip()
