"""Secrets of a development checkout: made once, kept in its data folder, readable by its owner."""

import contextlib
import os

from cryptography.fernet import Fernet

from config import env


def local_secret(name: str) -> str:
    """The checkout's own secret ``name``, made at the first call; safe when two processes race."""
    folder = env.data_dir() / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(Fernet.generate_key().decode())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # atomic, and the first of two wins
        draft.unlink()
    return path.read_text().strip()
