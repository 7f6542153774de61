"""Payments as the tests of payments make them, and no merchant's programme known from before."""

import pytest
from hypothesis import HealthCheck, settings

from loyalty.services import recognize, wake
from tests.payments.conftest import scheme

__all__ = ["scheme"]
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _no_programme_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognize, "_kept", {})


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who was woken; nobody is: the tests do the work themselves."""
    names: list[str] = []

    def send_task(name: str, **_: object) -> None:
        names.append(name)

    monkeypatch.setattr(wake.current_app, "send_task", send_task)
    return names
