"""What every test may ask for: a clock, ids, three people, and an API client."""

import gc
import importlib
import itertools
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from config.celery import app
from config.database import celery_broker_url
from kernel import ids
from kernel.clock import ManualClock, using_clock
from tests.database import empty, own_database
from tests.people import Person, make_person
from tests.valkey import index_of, with_index

START = datetime(2026, 11, 22, 6, 30, 5, tzinfo=UTC)
HERE = Path(__file__).parent

# Tests that start a whole system: those of one group run in one process of the test run, one
# after the other. Two other processes go through everything else meanwhile, for systems mostly
# wait.
GROUPS = {"browser": "browser", "flows": "systems", "chaos": "systems"}


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test of a folder in the table its group.

    Chaos comes after the flows: those begin with nothing, while everything else may have to wait
    until another process has migrated a database (tests/database.py).
    """
    for item in items:
        if (folder := _folder(item)) in GROUPS:
            item.add_marker(pytest.mark.xdist_group(GROUPS[folder]))
    items.sort(key=lambda item: _folder(item) == "chaos")


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0] if HERE in item.path.parents else ""


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let each process of a whole run begin with other files, and take the rest from their caches.

    In a fresh checkout each process compiled all of them, at the same time: five seconds of CPU.
    """
    given = getattr(session.config, "workerinput", None)
    if given is None or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted(HERE.rglob("test_*.py"))
    for path in files[index_of(given["workerid"]) - 1 :: given["workercount"]]:
        module = ".".join(path.relative_to(HERE.parent).with_suffix("").parts)
        with suppress(Exception, pytest.skip.Exception):  # told where the file is collected
            importlib.import_module(module)


def pytest_collection_finish() -> None:
    """What was loaded stays: pytest looks for garbage five times when it ends."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _own_valkey_index(worker_id: str) -> None:
    """This process's own index of the broker, before anything speaks to it."""
    settings.REDIS_URL = with_index(settings.REDIS_URL, index_of(worker_id))
    settings.CELERY_BROKER_URL = celery_broker_url(settings.REDIS_URL)
    app.conf.broker_url = settings.CELERY_BROKER_URL


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """In place of pytest-django's own, which migrates once per process."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(own_database(connection))
        yield
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture(scope="session", autouse=True)
def _empty_by_deleting() -> Iterator[None]:
    """In place of Django's flush after each test on real transactions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty("default"))
        yield


@pytest.fixture
def clock() -> Iterator[ManualClock]:
    """The time is START and moves only when the test says so."""
    manual = ManualClock(START)
    with using_clock(manual):
        yield manual


@pytest.fixture(name="ids")
def _ids() -> Iterator[None]:
    """The random part of new ids counts 1, 2, 3, …"""
    counter = itertools.count(1)
    with ids.using_random_bits(lambda bits: next(counter)):
        yield


@pytest.fixture
def acme(db: None) -> Person:
    """The merchant that the test is about."""
    return make_person()


@pytest.fixture
def rival(acme: Person) -> Person:
    """Another merchant of the same acquirer."""
    return make_person(acme.acquirer, acme.partner_account)


@pytest.fixture
def outsider(db: None) -> Person:
    """A merchant of another acquirer."""
    return make_person()


@pytest.fixture
def api(acme: Person) -> APIClient:
    """A client that sends acme's key."""
    return acme.client()
