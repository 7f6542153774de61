"""manage.py rotate_keys: every secret under the newest master key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tenancy.encryption import master_keys
from tenancy.management.base import OperatorCommand
from tenancy.rotation import BATCH, count_by_key, rewrap_everything
from tenancy.scope import platform_scope

_SHOWN = 20  # faults; the rest are counted


class Command(OperatorCommand):
    help = (
        "Wrap every secret under the first of TILLGATE_MASTER_KEYS. It may be killed and run again"
        " at any moment; nothing has to stop meanwhile. Says which keys are not needed any more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only count; change nothing.")
        parser.add_argument("--batch", type=int, default=BATCH, help="Rows in one transaction.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        with platform_scope():
            rewrapped = 0 if options["check"] else self._rewrap(max(1, options["batch"]))
            counted = count_by_key()
        keys = master_keys()
        older = [key.id for key in keys[1:]]
        left = sum(counted.values()) - counted[keys[0].id]
        if left and not options["check"]:
            raise CommandError(
                f"{left} secrets were written meanwhile under another key: run again."
            )
        return {
            "object": "rotation",
            "newest_key": keys[0].id,
            "rewrapped": rewrapped,
            "secrets": dict(sorted(counted.items())),
            "left": left,
            # A secret without an envelope does not say which key it needs.
            "not_needed": [] if counted[""] else [key for key in older if not counted[key]],
            "needed": [key for key in older if counted[key] or counted[""]],
        }

    def _rewrap(self, batch: int) -> int:
        tally = rewrap_everything(batch=batch, progress=lambda line: self.stderr.write(line))
        if tally.unreadable:
            shown = "; ".join(tally.unreadable[:_SHOWN])
            raise CommandError(
                f"{len(tally.unreadable)} secrets cannot be opened with TILLGATE_MASTER_KEYS, and"
                f" were left as they are; {tally.rewrapped} were wrapped anew. {shown}"
            )
        return tally.rewrapped
