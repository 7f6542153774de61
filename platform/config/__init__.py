"""The Django project: settings, addresses, Celery, the servers that a fresh machine starts."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
