"""The suite runs on its own settings, whatever the shell or a wrapper exports."""

import os

from django.conf import settings


def test_the_suite_runs_on_the_settings_for_tests() -> None:
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings.test"
    assert "pool" not in settings.DATABASES["default"]["OPTIONS"]
