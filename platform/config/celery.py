"""Celery: it makes the driver punctual. What is due stands in the tables, never in the broker."""

import os

from celery import Celery

from config.clock_step import ClockStep
from config.standby import Standby

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

app = Celery("tillgate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(ClockStep)
app.steps["worker"].add(Standby)
