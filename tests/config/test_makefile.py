"""What every command of the Makefile is told."""

import os
import subprocess

from config import env


def test_each_command_lets_python_keep_what_it_compiled() -> None:
    told = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}

    shown = subprocess.run(
        ["make", "--silent", "--eval", "show: ; @env", "show"],  # noqa: S607
        cwd=env.BASE_DIR,
        env=told,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert "PYTHONUNBUFFERED=1" in shown
    assert "PYTHONDONTWRITEBYTECODE=1" not in shown
