"""Stops what a supervisor left behind that was killed itself, and nothing else.

Each child is written down with the time its process began: a number that was given to somebody
else since then does not match, and is left alone.
"""

import contextlib
import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path

_TOLERANCE_SECONDS = 1.0
_WAIT_SECONDS = 5.0


def write_down(path: Path, pids: Iterable[int]) -> None:
    """Replace the list of children by ``pids``; those that are gone already are left out."""
    began = {pid: time for pid in pids if (time := _began_at(pid)) is not None}
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(began))
    draft.replace(path)


def sweep(path: Path) -> list[int]:
    """Kill the process groups of an earlier supervisor's children; gives those it found."""
    try:
        recorded: dict[str, float] = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    found = [int(pid) for pid, time in recorded.items() if _is_same(int(pid), time)]
    for pid in found:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    _wait_for(found)
    path.unlink(missing_ok=True)
    return found


def _began_at(pid: int) -> float | None:
    import psutil  # type: ignore[import-untyped]

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def _is_same(pid: int, time: float) -> bool:
    began = _began_at(pid)
    return began is not None and abs(began - time) < _TOLERANCE_SECONDS


def _wait_for(pids: list[int]) -> None:
    import psutil

    processes = []
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            processes.append(psutil.Process(pid))
    psutil.wait_procs(processes, timeout=_WAIT_SECONDS)
