"""Alipay out of order for a while: faults at every call, planted by the sandbox's control API."""

import random
from typing import Any

import requests

_SECONDS = 30
_NOTIFIED = {"duplicate_notification", "notification_lost"}


def plant(sandbox_url: str, name: str, chance: random.Random) -> int:
    """The fault's number. ``main down`` and ``backup down`` are an address that loses everything.

    The others hit all calls, or a part of them, by chance.
    """
    address, _, is_down = name.partition(" ")
    wanted: dict[str, Any] = {"fault": "request_lost" if is_down else name}
    wanted["probability"] = 1.0 if is_down else chance.choice([0.3, 0.6, 1.0])
    wanted["seed"] = chance.randrange(10**6)
    if is_down:
        wanted["address"] = address
    elif name in _NOTIFIED:
        wanted["service"] = "notify"
    answer = requests.post(f"{sandbox_url}/control/faults", json=wanted, timeout=_SECONDS)
    answer.raise_for_status()
    return int(answer.json()["id"])


def lift(sandbox_url: str, number: int) -> None:
    """The fault is over."""
    requests.delete(f"{sandbox_url}/control/faults/{number}", timeout=_SECONDS).raise_for_status()


def lift_all(sandbox_url: str) -> None:
    """No fault is left, whoever planted it."""
    requests.delete(f"{sandbox_url}/control/faults", timeout=_SECONDS).raise_for_status()
