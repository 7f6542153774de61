"""Scratch databases of the measurement, beside whatever DATABASE_URL holds; dropped afterwards."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import django
import psycopg
from django.core.management import call_command
from psycopg import sql

from config import env
from tests.database import address_of

API, FLOOR = "tillgate_bench", "tillgate_bench_floor"
# Clients alone: PostgreSQL itself ends its autovacuum for a DROP or a copy, and lets nobody else.
_DISCONNECT = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = %s AND backend_type = 'client backend'"
)


@dataclass(frozen=True)
class Scratch:
    """``api`` is the address of the API's database; ``server`` of another one beside it."""

    server: str

    @property
    def api(self) -> str:
        return address_of(self.server, API)

    def copy_for_the_floor(self) -> str:
        """A copy of the API's database as it is now, for pgbench; gives its address."""
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(_DISCONNECT, [API])
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(FLOOR), sql.Identifier(API)
                )
            )
        return address_of(self.server, FLOOR)


@contextmanager
def scratch_databases(url: str) -> Iterator[Scratch]:
    """Make the API's database anew on the server of ``url``; drop all at the end."""
    with psycopg.connect(url, autocommit=True) as server:
        _drop(server)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(API)))
    try:
        yield Scratch(url)
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            _drop(server)


@contextmanager
def scratch_database(say: Callable[[str], None] = lambda said: None) -> Iterator[str]:
    """A database with its tables, for a measurement within this process; gives its address.

    Django is set up for it: what needs Django is imported afterwards.
    """
    with scratch_databases(env.database_url()) as scratch:
        os.environ |= {
            "DATABASE_URL": scratch.api,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TILLGATE_DATABASE_POOL": "0",
        }
        django.setup()
        say("making tables")
        call_command("migrate", verbosity=0)
        yield scratch.api


def _drop(server: psycopg.Connection) -> None:
    for name in (FLOOR, API):
        server.execute(_DISCONNECT, [name])
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
