"""gunicorn's master loads the worker's class before anything is patched: it drags nothing in."""

import subprocess
import sys

UNPATCHABLE = {"django.db", "psycopg", "redis", "requests", "urllib3"}
_LOAD = "import sys, config.web_worker; print(*sys.modules)"


def test_the_masters_import_brings_in_nothing_that_keeps_locks_or_sockets_of_its_own() -> None:
    command = [sys.executable, "-c", _LOAD]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603

    assert UNPATCHABLE & set(done.stdout.split()) == set()
