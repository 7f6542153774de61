"""Profiles of hypothesis: a short run is the same every time; ``HISTORIES=50000`` looks elsewhere,
half of them on each of two cores, and one of twenty on PostgreSQL, too.
"""

import os

from hypothesis import HealthCheck, Phase, settings

COUNT = int(os.environ.get("HISTORIES", "0"))
HALVES = (1, 2) if COUNT else (1,)


def profile(short: int, *, one_of: int = 1) -> settings:
    """``short`` histories, or half of ``COUNT / one_of`` where that is more."""
    return settings(
        max_examples=max(short, COUNT // one_of // len(HALVES)),
        stateful_step_count=14,
        derandomize=not COUNT,
        deadline=None,
        database=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink] if COUNT else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


IN_MEMORY = profile(short=200)
ON_POSTGRES = profile(short=60, one_of=20)
