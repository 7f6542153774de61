"""deploy/env.example names every setting, with values that production accepts, and nothing else."""

import os
import re
import subprocess
import sys
from itertools import pairwise

from config.env import BASE_DIR, VARIABLES

EXAMPLE = BASE_DIR / "deploy" / "env.example"
NOT_OURS = {"POSTGRES_PASSWORD"}  # compose.yaml hands it to the database


def _example() -> dict[str, str]:
    lines = EXAMPLE.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_names_every_variable_and_no_other() -> None:
    assert set(_example()) == set(VARIABLES) | NOT_OURS


def test_every_variable_has_a_comment_above_it() -> None:
    lines = EXAMPLE.read_text().splitlines()

    uncommented = [
        line
        for before, line in pairwise(lines)
        if "=" in line and not line.startswith("#") and not before.startswith("#")
    ]

    assert uncommented == []


def test_a_shell_and_compose_read_the_same_values() -> None:
    for name, value in _example().items():
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", name)
        assert re.fullmatch(r"[A-Za-z0-9:/@.,_=+-]*", value), name


def test_the_password_is_that_of_the_database_address() -> None:
    example = _example()

    assert f":{example['POSTGRES_PASSWORD']}@" in example["DATABASE_URL"]


def test_production_starts_with_the_example() -> None:
    environment = {"PATH": os.defpath, "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    script = "from django.conf import settings; print(settings.PUBLIC_URL, settings.DEBUG)"

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script],
        env=environment | _example(),
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "https://pay.example.com False\n"), done.stderr


def test_production_does_not_start_without_a_signing_key() -> None:
    environment = {"PATH": os.defpath, "DJANGO_SETTINGS_MODULE": "config.settings.production"}
    example = {name: value for name, value in _example().items() if name != "TILLGATE_SECRET_KEY"}

    done = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"],
        env=environment | example,
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "TILLGATE_SECRET_KEY is not set" in done.stderr
