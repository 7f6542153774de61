"""Makes the stage of one play: a cast in the running system, and where everything is."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from config import env
from config.supervisor import Supervisor
from demo.stage import Stage

_CAST = "config.demonstration.cast"
_CAST_SECONDS = 300


class StageError(RuntimeError):
    """The operator's commands did not make the cast; the text is what they said."""


@dataclass(frozen=True)
class SignIn:
    """Who may sign in to the admin, and the ``second`` person for what needs two; the passwords are
    shown this once."""

    email: str
    password: str = field(repr=False)
    second: "SignIn | None" = None


def prepare_stages(system: Supervisor, count: int) -> list[tuple[Stage, SignIn]]:
    """A stage of its own for each play: a new acquirer, partner account, merchants and keys.

    Raises StageError if the operator's commands refuse, or no worker takes tasks.
    """
    return [_read_cast(system, cast) for cast in make_casts(system, count)]


def _read_cast(system: Supervisor, cast: dict[str, str]) -> tuple[Stage, SignIn]:
    second = SignIn(cast.pop("second_email"), cast.pop("second_password"))
    sign_in = SignIn(cast.pop("email"), cast.pop("password"), second)
    return Stage(web_url=system.web_url, sandbox_url=system.sandbox_url, **cast), sign_in


def make_casts(
    system: Supervisor, count: int, *, sandbox_urls: Sequence[str] = ()
) -> list[dict[str, str]]:
    """In a process of its own, as an operator would: this one keeps free of Django.

    ``sandbox_urls`` are where the platform finds Alipay and its backup address, if not at the
    system's own sandbox. Raises StageError.
    """
    done = subprocess.run(  # noqa: S603
        (
            sys.executable,
            "-m",
            _CAST,
            str(count),
            *(sandbox_urls or (system.sandbox_url, system.sandbox_url)),
        ),
        cwd=env.BASE_DIR,
        env=environment(system),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_CAST_SECONDS,
        check=False,
    )
    if done.returncode:
        raise StageError(f"The acquirer of the play could not be made.\n{done.stderr[-3000:]}")
    casts: list[dict[str, str]] = json.loads(done.stdout)
    return casts


def environment(system: Supervisor) -> dict[str, str]:
    """What the running system was told, so that the commands reach the same database."""
    defaults = {"DJANGO_SETTINGS_MODULE": "config.settings.development"}
    told = {"TILLGATE_DATA_DIR": str(system.data), "TILLGATE_PUBLIC_URL": system.web_url}
    return defaults | os.environ | told
