"""Beat knows the platform's tasks by their names only, and sends each to its queue."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from config.celery import app

QUEUES = ("tillgate", "webhooks", "books")
# A beat as `celery beat` makes it, which then sends everything once instead of waiting.
SEND_ALL = """
import sys
from config.celery import app

beat = app.Beat(schedule=sys.argv[1], quiet=True)
beat.init_loader()
scheduler = beat.Service(app=app, schedule_filename=beat.schedule).get_scheduler()
for entry in scheduler.schedule.values():
    scheduler.apply_async(entry, advance=False)
scheduler.close()
loaded = ("rest_framework", "tenancy", "payments", "settlement")
print(*(name for name in loaded if name in sys.modules))
"""


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as valkey:
        valkey.delete(*QUEUES)
        yield valkey
        valkey.delete(*QUEUES)


def test_beat_sends_every_task_of_the_schedule_to_its_queue_and_loads_no_table(
    broker: redis.Redis, tmp_path: Path
) -> None:
    done = subprocess.run(  # noqa: S603
        (sys.executable, "-c", SEND_ALL, str(tmp_path / "schedule")),
        env=os.environ | {"REDIS_URL": settings.REDIS_URL},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    sent = {queue: sorted(map(_task, broker.lrange(queue, 0, -1))) for queue in QUEUES}

    planned = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    planned.append("celery.backend_cleanup")  # Celery plans it by itself
    assert sent == {
        "tillgate": sorted(name for name in planned if _queue(name) == "tillgate"),
        "webhooks": ["events.forget_old", "events.sweep"],
        "books": sorted(name for name in planned if _queue(name) == "books"),
    }
    assert {"settlement.settle_ended_days", "settlement.sweep_exports"} <= set(sent["books"])
    assert "payments.sweep" in sent["tillgate"]
    assert done.stdout == "\n"


def test_every_task_of_the_schedule_is_there() -> None:
    """Nothing would tell: a worker drops a name that it does not know."""
    app.loader.import_default_modules()

    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert names - set(app.tasks) == set()


def _task(message: bytes) -> str:
    return str(json.loads(message)["headers"]["task"])


def _queue(name: str) -> str:
    """Where the task's own route leads."""
    return str(app.amqp.router.route({}, name)["queue"].name)
