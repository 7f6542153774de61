"""Django's entry. Puts platform/ on the path, so that a bare checkout works."""

import contextlib
import os
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))

# These look at the code only; every other command may ask the database.
_WITHOUT_SERVERS = {"", "-h", "--help", "--version", "help", "version", "check", "diffsettings"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    with _servers(sys.argv[1] if len(sys.argv) > 1 else ""):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


def _servers(command: str) -> contextlib.AbstractContextManager[object]:
    """The embedded servers where no other address is set; production always sets one."""
    from config import embedded, env

    addressed = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    production = os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings.production"
    if addressed or production or command in _WITHOUT_SERVERS:
        return contextlib.nullcontext()
    return embedded.in_use(env.data_dir())


if __name__ == "__main__":
    main()
