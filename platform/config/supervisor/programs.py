"""The processes of Tillgate on one machine, as commands.

All run as ``python -m``: console scripts name their interpreter in the first line, which breaks in
a path that is long or holds a space.
"""

import sys
from pathlib import Path

from config import env
from config.supervisor.addresses import HOST
from config.supervisor.child import Program

_BOOKS_AT_ONCE = 4  # tasks of one process: they share its processor


def sandbox(port: int, data: Path) -> Program:
    """The simulator of Alipay, with storage of its own."""
    where = ("--host", HOST, "--port", str(port), "--data", str(data / "sandbox"))
    return Program(
        "sandbox", _python("sandbox", *where), ready_url=f"http://{HOST}:{port}/control/health"
    )


def web(port: int, descriptor: int) -> Program:
    """gunicorn on a listening socket that it inherits."""
    settings = str(env.BASE_DIR / "platform" / "config" / "gunicorn.py")
    bound = ("--bind", f"fd://{descriptor}", "--graceful-timeout", "8")
    return Program(
        "web",
        _python("gunicorn", "--config", settings, *bound, "config.wsgi:application"),
        ready_url=f"http://{HOST}:{port}/readyz",
        inherits=(descriptor,),
    )


def worker() -> Program:
    """The Celery worker: it drives payments in doubt, and does the books where nobody else does."""
    queues = "tillgate" if env.integer("TILLGATE_BOOKS_PROCESSES") else "tillgate,books"
    return _worker("worker", queues, env.integer("TILLGATE_WORKER_CONCURRENCY"))


def books_workers() -> list[Program]:
    """The workers that settle, reconcile and write files: they compute, so a processor for each."""
    count = env.integer("TILLGATE_BOOKS_PROCESSES")
    return [_worker(f"books-{number}", "books", _BOOKS_AT_ONCE) for number in range(1, count + 1)]


def webhook_worker() -> Program:
    """The Celery worker that sends webhooks: a slow endpoint holds up nothing else."""
    return _worker("webhooks", "webhooks", env.integer("TILLGATE_WEBHOOK_CONCURRENCY"))


def _worker(name: str, queues: str, size: int) -> Program:
    pool = ("--pool", "gevent", "--concurrency", str(size), "--queues", queues)
    quiet = ("--without-gossip", "--without-mingle", "--loglevel", "INFO")
    return Program(name, _celery("worker", "--hostname", f"{name}@%h", *pool, *quiet))


def beat(data: Path) -> Program:
    """Celery beat: it says when to look for due work."""
    schedule = str(data / "celerybeat-schedule")
    return Program("beat", _celery("beat", "--schedule", schedule, "--pidfile", ""))


def migrate() -> tuple[str, ...]:
    """Brings the tables up to date. Checks would ask a database that has no roles yet."""
    return (sys.executable, "manage.py", "migrate", "--no-input")


def _celery(*arguments: str) -> tuple[str, ...]:
    return _python("celery", "--app", "config", *arguments)


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
