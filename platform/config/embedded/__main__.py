"""``python -m config.embedded run -- COMMAND…``, ``url`` and ``stop``."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from config import embedded, env

_FORWARDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; gives the exit status."""
    order = _parser().parse_args(arguments)
    try:
        if order.action == "run":
            return run(_after_dashes(order.command), env.data_dir())
        if order.action == "stop":
            embedded.stop(env.data_dir())
        else:
            print(f"DATABASE_URL={env.database_url()}\nREDIS_URL={env.redis_url()}")
    except embedded.EmbeddedServerError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def run(command: Sequence[str], data_dir: Path) -> int:
    """Run ``command`` with DATABASE_URL and REDIS_URL set, and give its exit status.

    Addresses that are set already are respected; if both are, no server is started.
    """
    with contextlib.ExitStack() as stack:
        inherited: tuple[int, ...] = ()
        if not (env.text("DATABASE_URL") and env.text("REDIS_URL")):
            inherited = (stack.enter_context(embedded.in_use(data_dir)),)
        environment = os.environ | {
            "DATABASE_URL": env.database_url(),
            "REDIS_URL": env.redis_url(),
        }
        return _run(command, environment, inherited)


def _run(command: Sequence[str], environment: dict[str, str], inherited: tuple[int, ...]) -> int:
    """Ctrl-C reaches the command by itself, from the terminal: we only outlive it."""
    started: list[subprocess.Popen[bytes]] = []
    early: list[int] = []  # what came before there was a command to pass it to

    def forward(number: int, _frame: FrameType | None) -> None:
        if started:
            started[0].send_signal(number)
        else:
            early.append(number)

    for signalled in _FORWARDED:
        signal.signal(signalled, forward)
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    with subprocess.Popen(command, env=environment, pass_fds=inherited) as child:  # noqa: S603
        started.append(child)
        for number in early:
            child.send_signal(number)
        status = child.wait()
    return 128 - status if status < 0 else status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    running = actions.add_parser("run", help="run a command with both servers up")
    running.add_argument("command", nargs=argparse.REMAINDER)
    actions.add_parser("url", help="print where the servers are or would be")
    actions.add_parser("stop", help="stop both servers")
    return parser


def _after_dashes(command: list[str]) -> list[str]:
    rest = command[1:] if command[:1] == ["--"] else command
    if not rest:
        raise SystemExit("python -m config.embedded run: no command was given")
    return rest


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
