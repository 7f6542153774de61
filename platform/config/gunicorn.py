"""How gunicorn serves the web process: gevent workers, one per core.

Nothing of ours is imported here, and only web_worker.py by gunicorn's master: each worker patches
the standard library before it loads the application, and what the master had loaded before that
would stay unpatched.
"""

import os
from pathlib import Path
from typing import Any

bind = "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 1)
worker_class = "config.web_worker.ProblemWorker"
preload_app = False
worker_connections = 2_000  # payments that may wait for Alipay in one worker
keepalive = 75  # seconds; longer than the load balancer's, so that it never meets a closed one

# The heartbeat comes from the event loop: greenlets that wait for Alipay never stop it, so only a
# loop that is stuck in computation is killed.
timeout = 60
graceful_timeout = 70  # an ECR may ask to wait for 60 s

limit_request_line = 4_094
limit_request_fields = 50
limit_request_field_size = 8_190

control_socket_disable = True
if Path("/dev/shm").is_dir():  # noqa: S108 -- memory: a slow disk must not look like a dead worker
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def post_worker_init(worker: Any) -> None:
    """The application is loaded, addresses and all: no payment waits for that, nor long for
    garbage, and the worker's clock is the database's."""
    from django.urls import get_resolver

    from config import collector, one_clock

    get_resolver().reverse_dict  # noqa: B018 - loads and counts them, which the first request would
    collector.serve()
    one_clock.start()
