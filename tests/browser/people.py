"""Further staff of the running system, made as the operator makes them: by a command."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field

from config import env
from tests.browser.conftest import World

_SECONDS = 120


@dataclass(frozen=True)
class NewStaff:
    """Who has a password and no second factor yet."""

    email: str
    password: str = field(repr=False)


def add_staff(world: World, *, role: str) -> NewStaff:
    """Somebody of the world's acquirer, who has never signed in."""
    email = f"{role}-{secrets.token_hex(4)}@example.com"
    made = _manage(
        world, "create_staff", "--acquirer", f"demo-{world.stage.run}", "--email", email,
        "--name", "New Colleague", "--role", role,
    )  # fmt: skip
    return NewStaff(email, made["password"])


def _manage(world: World, *command: str) -> dict[str, str]:
    told = {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "TILLGATE_DATA_DIR": str(world.system.data),
        "TILLGATE_PUBLIC_URL": world.url,
    }
    done = subprocess.run(  # noqa: S603
        (sys.executable, "manage.py", *command, "--json"),
        cwd=env.BASE_DIR,
        env=os.environ | told,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=True,
    )
    made: dict[str, str] = json.loads(done.stdout)
    return made
