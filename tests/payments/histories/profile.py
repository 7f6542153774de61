"""Profiles of hypothesis: ``short`` is the same every time; ``HISTORIES=5000`` looks elsewhere,
half of them on each of two cores.
"""

import os

from hypothesis import HealthCheck, Phase, settings

COUNT = int(os.environ.get("HISTORIES", "0"))
HALVES = (1, 2) if COUNT else (1,)
HISTORIES = settings(
    max_examples=-(-COUNT // len(HALVES)) or 60,
    stateful_step_count=14,
    derandomize=not COUNT,
    deadline=None,
    database=None,
    print_blob=False,
    phases=[Phase.generate, Phase.shrink] if COUNT else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)
