"""``python -m tests.chaos --seed 7 --payments 600``: break everything, then compare the books."""

import argparse
import os
import random
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from config import embedded, env
from tests.chaos.plan import DRILLS, SHORT, Plan
from tests.chaos.run import Outcome, as_json, play
from tests.prepared import fill


def main(arguments: Sequence[str]) -> int:
    """0 if every law held; else the whole story of each payment that broke one is printed."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="the same seed: the same choices")
    parser.add_argument("--payments", type=int, default=400)
    parser.add_argument("--tills", type=int, default=24, help="customers at the same time")
    parser.add_argument("--calm", type=float, default=3.0, help="mean seconds between two blows")
    parser.add_argument("--minutes", type=float, default=10.0, help="no new customers after it")
    parser.add_argument("--drill", choices=sorted(DRILLS), help="one long trouble, and no storm")
    parser.add_argument("--short", action="store_true", help="the fixed run of the test suite")
    parser.add_argument("--tables", type=Path, help="SQL that makes them, which takes less time")
    wanted = parser.parse_args(arguments)
    seed = wanted.seed if wanted.seed is not None else random.SystemRandom().randrange(10**6)
    plan = Plan(
        seed,
        payments=wanted.payments,
        tills=wanted.tills,
        calm_seconds=wanted.calm,
        storm_seconds=wanted.minutes * 60,
        script=DRILLS[wanted.drill] if wanted.drill else (),
    )
    plan = SHORT if wanted.short else plan
    console = Console()
    console.print(f'seed {plan.seed}: `make chaos ARGS="--seed {plan.seed}"` makes these choices')
    kept = env.data_dir() / "chaos"
    outcome = run(plan, kept / "system", console, tables=wanted.tables)
    file = kept / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{plan.seed}.json"
    file.write_text(as_json(outcome) + "\n")
    show(outcome, console)
    return 1 if outcome.findings.broken else 0


def run(plan: Plan, data: Path, console: Console, *, tables: Path | None) -> Outcome:
    """In a new data folder: nothing of an earlier run or of `make run` is met."""
    embedded.stop(data)  # of a run that was killed
    shutil.rmtree(data, ignore_errors=True)
    if tables is not None:
        fill(data, tables.read_text())
    os.environ["TILLGATE_DATA_DIR"] = str(data)
    os.environ["TILLGATE_WEBHOOK_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console,
    )  # fmt: skip
    with bar:
        task = bar.add_task("starting", total=plan.payments)
        outcome = play(
            plan,
            data,
            lambda text: bar.update(task, description=text),
            lambda count: bar.advance(task, count),
        )
    return outcome


def show(outcome: Outcome, console: Console) -> None:
    """The table, and the story of each payment that broke a law."""
    done = Table("what was done", "times", title=f"seed {outcome.plan.seed}")
    for name, count in sorted((outcome.blows + outcome.statuses + outcome.customers).items()):
        done.add_row(name, str(count))
    late = outcome.late_seconds or [0.0]
    for name, value in {
        "refunds": outcome.refunds,
        "breaks opened": outcome.breaks,
        "webhooks received": outcome.webhooks,
        "tills that gave up": outcome.given_up,
        "longest cut, s": f"{outcome.longest_cut_seconds:.1f}",
        "ended after the deadline": len(outcome.late_seconds),
        "  p50, p99, worst, s": f"{_at(late, 0.5):.1f}, {_at(late, 0.99):.1f}, {late[-1]:.1f}",
        "all settled after, s": f"{outcome.settled_seconds:.1f}",
    }.items():
        done.add_row(name, str(value))
    console.print(done)
    laws = Table("law", "looked at", "broken")
    broken = [law for law, _, _ in outcome.findings.broken]
    for law, count in sorted(outcome.findings.looked.items()):
        laws.add_row(law, str(count), str(broken.count(law)) if law in broken else "-")
    console.print(laws)
    for law, payment, sentence in outcome.findings.broken:
        console.print(f"[bold]{law}[/bold] {payment} {sentence}")
    for story in outcome.stories.values():
        console.print(story, markup=False)


def _at(sorted_values: list[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
