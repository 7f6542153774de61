"""A worker's standby does what is neglected of its own queues, and of no other's."""

import threading
from concurrent.futures import Executor
from types import SimpleNamespace
from typing import Any

import pytest

from config import standby


@pytest.mark.parametrize("queue", ["tillgate", "webhooks"])
def test_a_worker_stands_by_for_the_rows_of_its_own_queue(
    monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    seen: list[str] = []
    looked = threading.Event()

    def search(name: str) -> standby.Search:
        def look(_: Executor) -> int:
            seen.append(name)
            looked.set()
            return 0

        return look

    monkeypatch.setattr(standby, "_LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(standby, "_SEARCHES", {name: search(name) for name in standby._SEARCHES})
    monkeypatch.setattr(standby, "_let_names_be_resolved_at_once", lambda: None)
    queues = SimpleNamespace(consume_from={queue: object()})
    worker: Any = SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=queues)))
    step = standby.Standby(worker)

    step.start(worker)
    try:
        assert looked.wait(10)
    finally:
        step.stop(worker)

    assert set(seen) == {queue}
