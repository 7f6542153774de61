"""Decides as whom PostgreSQL runs: as ourselves, or, since it refuses root, as somebody lesser."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.failure import EmbeddedServerError

_CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """The user that PostgreSQL runs as; ``lesser`` means that it is not the present one."""

    uid: int
    gid: int
    lesser: bool

    def identity(self) -> dict[str, Any]:
        """What ``subprocess`` must be told so that a child is this user and nobody more."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lesser else {}

    def may(self, permission: str, path: Path) -> bool:
        """Whether the account has ``permission`` (r, w or x) on ``path``, asked of the kernel."""
        asked = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", f'test -{permission} "$1"', "sh", str(path)],
            cwd="/",
            check=False,
            **self.identity(),
        )
        return asked.returncode == 0

    def own(self, folder: Path) -> None:
        """Make ``folder`` if need be, and give it to the account alone."""
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        if self.lesser:
            os.chown(folder, self.uid, self.gid)


def choose_account(home: Path | None) -> Account:
    """Ourselves unless we are root; then the cluster's owner, else a small system account."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), lesser=False)
    if home and (owner := home.stat()).st_uid:
        return Account(owner.st_uid, owner.st_gid, lesser=True)
    for name in _CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, lesser=True)
    raise EmbeddedServerError(
        f"PostgreSQL refuses to run as root, and none of {', '.join(_CANDIDATES)} exists here: "
        "run as an ordinary user, or set DATABASE_URL"
    )


def present_user_name() -> str:
    """The name by which PostgreSQL will know us on its socket (peer authentication)."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise EmbeddedServerError(
            f"User id {os.geteuid()} has no name on this machine, and PostgreSQL needs one: "
            "set DATABASE_URL"
        ) from None
