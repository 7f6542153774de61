"""Due rows are handed to workers, one task each; a broker that is away stops nobody."""

from typing import Any
from uuid import UUID

import pytest
import redis

from tenancy import handing_out
from tenancy.handing_out import hand_out

DUE = [(UUID(int=1), UUID(int=8)), (UUID(int=2), UUID(int=9))]


def test_each_row_is_named_with_its_acquirer_and_expires_before_the_next_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(
        handing_out.current_app, "send_task", lambda name, **said: sent.append((name, said))
    )

    assert hand_out("shelf.tidy", DUE, expires_seconds=3) == 2

    assert sent == [
        ("shelf.tidy", {"args": [str(a), str(b)], "expires": 3, "retry": False}) for a, b in DUE
    ]


def test_a_broker_that_is_away_is_asked_for_every_row_and_stops_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def refuse(name: str, **_: Any) -> None:
        tried.append(name)
        raise redis.ConnectionError

    monkeypatch.setattr(handing_out.current_app, "send_task", refuse)

    assert hand_out("shelf.tidy", DUE, expires_seconds=3) == 2
    assert tried == ["shelf.tidy"] * 2
