"""Waking whoever delivers may fail; the tables still know what is owed."""

from typing import Any

import pytest

from events.services import wake
from tests.factories.events import make_endpoint
from tests.people import Person

pytestmark = pytest.mark.django_db


def test_waking_survives_a_broker_that_is_away(
    monkeypatch: pytest.MonkeyPatch, acme: Person
) -> None:
    tries: list[str] = []

    def refuse(name: str, **_: Any) -> None:
        tries.append(name)
        raise OSError("no broker")

    monkeypatch.setattr("events.services.wake.current_app.send_task", refuse)

    wake.wake_endpoints([make_endpoint(acme).id, make_endpoint(acme).id])

    assert tries == ["events.deliver_due"]  # the sweep finds the rest
