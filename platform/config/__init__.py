"""The Django project: settings, addresses, Celery, the servers that a fresh machine starts.

Every process of Tillgate begins by importing this.
"""

import atexit
import gc

# Python looks for garbage after each 700 new objects. Loading our code makes two million that stay,
# and a request some ten thousand: a fifth of the CPU went into looking at them again and again. At
# 50,000 it still was a fifth of a process's start.
gc.set_threshold(200_000, 20, 50)
# Python looks once more when a process ends, for a second of CPU. The system takes all of it back.
atexit.register(gc.freeze)

from config.celery import app as celery_app  # noqa: E402 - what is loaded here counts already

__all__ = ["celery_app"]
