"""The fault laboratory's short run: real processes are killed, and every law holds all the same."""

import os
import subprocess
import sys

from config import env
from tests.prepared import dump_tables
from tests.running import own_folder

_LONGEST_SECONDS = 540  # nothing is asserted of speed: this only ends a run that hangs


def test_every_law_holds_while_everything_is_killed_and_cut(django_db_setup: None) -> None:
    told = {name: value for name, value in os.environ.items() if not _is_ours(name)}

    with own_folder() as data:
        data.mkdir()
        tables = data / "tables.sql"
        tables.write_text(dump_tables())
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "tests.chaos", "--short", "--tables", str(tables)],
            cwd=env.BASE_DIR,
            env=told | {"TILLGATE_DATA_DIR": str(data), "COLUMNS": "120"},
            capture_output=True,
            text=True,
            timeout=_LONGEST_SECONDS,
            check=False,
        )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    assert "4, 5 our end is Alipay's               │ 48 " in done.stdout


def _is_ours(name: str) -> bool:
    """What would make the run use this suite's servers and settings instead of its own."""
    return name.startswith("TILLGATE_") or name in {
        "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE",
    }  # fmt: skip
