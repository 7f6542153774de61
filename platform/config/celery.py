"""Celery: it makes the driver punctual. What is due stands in the tables, never in the broker."""

import os
from functools import cached_property
from typing import Any

from config.bounded_queues import BoundedCelery
from config.serving_step import ServingStep
from config.standby import Standby

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
# Else each worker and beat loads every address and page to check them when it starts: half of its
# CPU. `make check` checks them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")


class _Celery(BoundedCelery):
    @cached_property
    def Beat(self) -> Any:  # Celery's own name
        """Loaded where a beat is made."""
        from config.beat import LightBeat

        return self.subclass_with_self(LightBeat)


app = _Celery("tillgate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(ServingStep)
app.steps["worker"].add(Standby)
