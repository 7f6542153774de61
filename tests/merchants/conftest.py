"""A scripted scheme in Alipay's place, and no tries counted before a test."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from kernel.clock import ManualClock
from merchants import gateways
from tests.fakes import FakeScheme


@pytest.fixture(autouse=True)
def _nobody_has_tried() -> Iterator[None]:
    """Tries of pairing codes are counted by address for ten minutes: longer than a test takes."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def scheme(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> FakeScheme:
    """Answers what the test tells it to."""
    fake = FakeScheme()
    monkeypatch.setattr(gateways, "build_connector", lambda *_: fake)
    monkeypatch.setattr(gateways, "_kept", {})
    return fake
