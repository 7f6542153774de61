"""CPU seconds of whole families of processes: what a payment costs, and where."""

import psutil  # type: ignore[import-untyped]

Seconds = dict[str, float]


def find_families(web: dict[str, int], *, postgres_backend: int, valkey: int) -> dict[str, int]:
    """The leaders to watch, by name; ``postgres_backend`` is any backend on this machine."""
    leaders = dict(web)
    if (postmaster := _parent(postgres_backend)) is not None:
        leaders["PostgreSQL"] = postmaster
    if psutil.pid_exists(valkey):
        leaders["Valkey"] = valkey
    return leaders


def cpu_seconds(leaders: dict[str, int]) -> Seconds:
    """User and system time of each leader and its descendants, gone ones included."""
    return {name: _family(pid) for name, pid in leaders.items()}


def spent(before: Seconds, after: Seconds) -> Seconds:
    """The difference, by name."""
    return {name: after[name] - before[name] for name in before}


def machine_seconds() -> tuple[float, float]:
    """What all cores have been busy with since the start, and what they could have been."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    return sum(times[:8]) - idle, sum(times[:8])  # guests' times are in user's already


def share_of_others(before: tuple[float, float], after: tuple[float, float], ours: float) -> float:
    """The part of the machine, 0 to 1, that was busy with something else than ``ours`` seconds."""
    busy, possible = after[0] - before[0], after[1] - before[1]
    return max(0.0, busy - ours) / possible if possible else 0.0


def _family(pid: int) -> float:
    leader = psutil.Process(pid)
    total = _reaped(leader) + _own(leader)
    for each in leader.children(recursive=True):
        try:
            total += _own(each)
        except psutil.NoSuchProcess:
            continue  # its time has just become the leader's
    return total


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _reaped(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.children_user + times.children_system)


def _parent(pid: int) -> int | None:
    try:
        parent = psutil.Process(pid).parent()
    except psutil.NoSuchProcess:
        return None
    return None if parent is None else int(parent.pid)
