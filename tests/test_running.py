"""A system that a test starts runs as `make run` does."""

import os

from config import env
from tests.running import own_environment


def test_a_system_of_a_test_is_told_nothing_of_the_test_run() -> None:
    before = dict(os.environ)
    assert before["TILLGATE_DATABASE_POOL"] == "0"

    with own_environment():
        told = {name for name in env.VARIABLES if name in os.environ}
        settings = os.environ.get("DJANGO_SETTINGS_MODULE")

    assert (told, settings) == (set(), None)
    assert dict(os.environ) == before
