"""The Django project: settings, addresses, Celery, the servers that a fresh machine starts.

Every process of Tillgate begins by importing this.
"""

from config import collector

collector.load()

from config.celery import app as celery_app  # noqa: E402 - what is loaded here counts already

__all__ = ["celery_app"]
