"""A process that serves looks for garbage often and briefly, and never at what it has loaded."""

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import clear_url_caches, get_resolver

from config import collector, gunicorn, one_clock


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Nothing is frozen when a test begins; afterwards what is loaded is, as in every test."""
    threshold = gc.get_threshold()
    gc.unfreeze()
    yield
    gc.freeze()
    gc.set_threshold(*threshold)


class Ring:
    """An object that names itself: only the collector ends it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_loaded_is_never_looked_at_again() -> None:
    loaded = Ring()

    collector.serve()

    assert any(each is loaded for each in gc.get_objects()) is False
    assert gc.get_freeze_count() > 100_000  # Django alone


def test_garbage_is_found_before_many_more_objects_are_made() -> None:
    collector.serve()
    garbage = weakref.ref(Ring())
    assert garbage() is not None

    kept: list[Any] = [[] for _ in range(20_100)]

    assert len(kept) == 20_100
    assert garbage() is None


def test_a_web_worker_has_its_addresses_before_the_first_payment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(one_clock, "start", lambda: begun.append("clock"))
    monkeypatch.setattr(collector, "serve", lambda: begun.append("collector"))
    clear_url_caches()

    gunicorn.post_worker_init(None)

    assert begun == ["collector", "clock"]
    assert get_resolver()._populated is True
