"""The page of commands: every make target, every command of ``manage.py`` that is ours."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.core.management import get_commands, load_command_class

from config.env import BASE_DIR
from config.reference.table import table

HEAD = """# Commands

Generated from the Makefile and the commands' own words by `make docs`; a test compares them.

## make

"""
_TARGET = re.compile(r"^([a-z][a-z-]*):.*?## (.+)$", re.MULTILINE)
# Django's own, which ours make safer and do not change.
_DJANGOS = {"flush", "makemigrations", "migrate"}


def render() -> str:
    """The whole page."""
    targets = [(f"`make {name}`", does) for name, does in list_targets()]
    commands = [(f"`{name}`", does) for name, does in list_commands()]
    return (
        HEAD
        + table(("command", "does"), targets)
        + "\n## manage.py\n\n`.venv/bin/python manage.py COMMAND --help` tells its options.\n\n"
        + table(("command", "does"), commands)
    )


def list_targets() -> list[tuple[str, str]]:
    """Every target of the Makefile that is for people, and what it does."""
    return _TARGET.findall((BASE_DIR / "Makefile").read_text(encoding="utf-8"))


def list_commands() -> Iterator[tuple[str, str]]:
    """Every command of manage.py that is ours, and what it does."""
    for name, app in sorted(get_commands().items()):
        if isinstance(app, str) and _is_ours(app) and name not in _DJANGOS:
            yield name, load_command_class(app, name).help


def _is_ours(app: str) -> bool:
    return any((Path(root) / app).is_dir() for root in (BASE_DIR, BASE_DIR / "platform"))
