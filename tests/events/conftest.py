"""Endpoints on loopback, which the operator of these tests allows."""

import ipaddress
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.events.listener import Listener, listening


@pytest.fixture
def loopback(settings: Settings) -> None:
    """The operator allows 127.0.0.0/8, and nothing else that is private."""
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def listener(loopback: None) -> Iterator[Listener]:
    """An endpoint that answers 200 unless told otherwise."""
    with listening() as made:
        yield made
