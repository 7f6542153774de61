"""``python -m tests.bench [--quick]``: speed beside this machine's floor (docs/howto/bench.md)."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import django
from django.core.management import call_command
from rich.console import Console

from config import env
from tests.bench.console import measure_console
from tests.bench.exports import measure_exports
from tests.bench.insights import measure_insights
from tests.bench.plan import FULL, QUICK, Plan
from tests.bench.recommendations import measure_recommendations
from tests.bench.reconcile import measure_reconciliation
from tests.bench.report import Report
from tests.bench.scratch import scratch_databases
from tests.bench.settle import measure_settlement
from tests.bench.system import production_environment
from tests.bench.table import show

_FILE_COLUMNS = 150  # where a file is written, no terminal tells how wide it is


def main() -> int:
    """Measure, show, keep the JSON; 1 if a law was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about 20 s, for a first look")
    parser.add_argument("--console", action="store_true", help="the pages of the console instead")
    parser.add_argument("--reconcile", action="store_true", help="a day's reconciliation instead")
    parser.add_argument("--settle", action="store_true", help="a day's settlement instead")
    parser.add_argument("--exports", action="store_true", help="lists as files instead")
    parser.add_argument("--rows", type=int, help="of these three, where a million take too long")
    parser.add_argument("--breaks", type=int, help="of --reconcile, where a thousand are too few")
    parser.add_argument("--recommendations", action="store_true", help="offers at the till instead")
    parser.add_argument("--insights", action="store_true", help="the data portal's reports instead")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    folder = env.data_dir() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    out = Console(width=None if sys.stdout.isatty() else _FILE_COLUMNS)
    measure = (
        measure_console
        if arguments.console
        else partial(measure_reconciliation, rows=arguments.rows, breaks=arguments.breaks)
        if arguments.reconcile
        else partial(measure_settlement, rows=arguments.rows)
        if arguments.settle
        else partial(measure_exports, rows=arguments.rows)
        if arguments.exports
        else measure_recommendations
        if arguments.recommendations
        else measure_insights
        if arguments.insights
        else None
    )
    if measure is not None:
        with console.status("making a scratch database") as status:
            say = partial(_say, console, status.update)
            return measure(quick=arguments.quick, console=out, say=say)
    with console.status("making scratch databases") as status:
        report = _measured(plan, folder, lambda text: _say(console, status.update, text))
    show(report, out)
    print(f"Kept as {_keep(report, folder)}")
    return 1 if report.faults else 0


def _say(console: Console, update: Callable[[str], None], text: str) -> None:
    """A spinner on a terminal; elsewhere a line, so that a log shows where it stands."""
    if console.is_terminal:
        update(text)
    else:
        console.print(f"{datetime.now(UTC):%H:%M:%S} {text}")


def _measured(plan: Plan, folder: Path, say: Callable[[str], None]) -> Report:
    with scratch_databases(env.database_url()) as scratch:
        environment = production_environment(database_url=scratch.api, folder=folder)
        # This process speaks to the scratch database only, one connection at a time.
        os.environ.update(environment | {"TILLGATE_DATABASE_POOL": "0"})
        django.setup()
        call_command("migrate", verbosity=0)
        # Only now: what it imports needs Django.
        from tests.bench.stage import measure_on_stage

        return measure_on_stage(plan, scratch, folder, environment, say)


def _keep(report: Report, folder: Path) -> Path:
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    return path


if __name__ == "__main__":
    sys.exit(main())
