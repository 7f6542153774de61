"""A scripted scheme in Alipay's place, for what merchants ask of it."""

import pytest

from kernel.clock import ManualClock
from merchants import gateways
from tests.fakes import FakeScheme


@pytest.fixture
def scheme(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> FakeScheme:
    """Answers what the test tells it to."""
    fake = FakeScheme()
    monkeypatch.setattr(gateways, "build_connector", lambda *_: fake)
    monkeypatch.setattr(gateways, "_kept", {})
    return fake
