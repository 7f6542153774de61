"""Which Valkey index a test process uses."""

import pytest
from django.conf import settings

from config.celery import app
from tests.valkey import index_of, with_index


@pytest.mark.parametrize(
    ("worker", "index"), [("master", 1), ("gw0", 1), ("gw1", 2), ("gw14", 15), ("gw15", 1)]
)
def test_no_test_process_uses_the_index_of_a_running_system(worker: str, index: int) -> None:
    assert index_of(worker) == index


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379/3"),
        ("rediss://:secret@broker.example:6380/0", "rediss://:secret@broker.example:6380/3"),
        ("unix:///tmp/a%20b/valkey.sock?db=0", "unix:///tmp/a%20b/valkey.sock?db=3"),
        ("unix:///tmp/valkey.sock", "unix:///tmp/valkey.sock?db=3"),
    ],
)
def test_the_server_stays_and_the_index_changes(url: str, expected: str) -> None:
    assert with_index(url, 3) == expected


def test_the_running_test_process_has_its_own_index(worker_id: str) -> None:
    index = str(index_of(worker_id))

    assert settings.REDIS_URL.endswith((f"/{index}", f"db={index}"))
    assert app.conf.broker_url == settings.CELERY_BROKER_URL
    assert settings.CELERY_BROKER_URL.endswith((f"/{index}", f"virtual_host={index}"))
