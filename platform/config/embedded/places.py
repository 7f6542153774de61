"""Where the embedded servers of one data folder keep their sockets, data, logs and locks.

A Unix socket's path may have about 100 bytes, and a checkout's path may have more: so sockets live
in a short folder of their own, whose name is a digest of the data folder and of the user.
"""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.embedded.failure import EmbeddedServerError

_SHORT = Path("/tmp")  # noqa: S108 -- fixed, unlike TMPDIR, so that every shell finds the same
_LASTING = Path("/var/tmp")  # noqa: S108 -- survives a reboot; used where the checkout is closed


@dataclass(frozen=True)
class Places:
    """The folders and files of one data folder; nothing is made by asking."""

    data: Path
    name: str

    @classmethod
    def of(cls, data_dir: Path) -> "Places":
        """The places of ``data_dir`` for the present user."""
        data = Path(data_dir).resolve()
        digest = hashlib.sha256(f"{os.geteuid()}:{data}".encode(errors="surrogateescape"))
        return cls(data=data, name=f"tillgate-{digest.hexdigest()[:12]}")

    @property
    def sockets(self) -> Path:
        """The short folder; only its owner (and root) may look into what lies below."""
        return (_SHORT if _SHORT.is_dir() else Path(tempfile.gettempdir())) / self.name

    @property
    def postgres_sockets(self) -> Path:
        """PostgreSQL's own folder in it, because PostgreSQL may run as another user."""
        return self.sockets / "pg"

    @property
    def valkey_socket(self) -> Path:
        """Valkey's socket."""
        return self.sockets / "valkey.sock"

    @property
    def outside(self) -> Path:
        """Where root keeps what an unprivileged account could not reach in a closed checkout."""
        return _LASTING / self.name

    @property
    def locks(self) -> Path:
        """Lock files: they carry nothing but the kernel's lock on them."""
        return self.data / "locks"

    def log(self, name: str) -> Path:
        """The log of server ``name``."""
        return self.data / "log" / f"{name}.log"

    def make(self) -> None:
        """Make the folders both servers need; raises EmbeddedServerError if one is not ours."""
        for folder in (self.data, self.locks, self.data / "log"):
            folder.mkdir(parents=True, exist_ok=True)
        make_private(self.sockets, mode=0o711)


def make_private(folder: Path, *, mode: int) -> None:
    """Make ``folder`` in a place where everybody may write, or accept it if it is ours alone.

    Raises EmbeddedServerError when another user was there first: they could read what we put in.
    """
    try:
        folder.mkdir(mode=mode)
        folder.chmod(mode)
    except FileExistsError:
        found = folder.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if not ours or found.st_mode & 0o022:
            raise EmbeddedServerError(
                f"{folder} exists and is not a folder of this user alone: remove it"
            ) from None
