"""Runs the operator's own commands (`manage.py create_acquirer …`), several in one process."""

import io
import json
from typing import Any

from django.core.management import call_command


def run_command(command: str, /, *arguments: str, **options: str) -> dict[str, Any]:
    """``run_command("create_store", merchant="mer_…")``: what the command prints with ``--json``.

    Raises CommandError when the command refuses.
    """
    named = [f"--{option.replace('_', '-')}={value}" for option, value in options.items()]
    output = io.StringIO()
    call_command(command, *arguments, *named, "--json", stdout=output)
    made: dict[str, Any] = json.loads(output.getvalue())
    return made
