"""PostgreSQL keeps the statements inside ``prepared``, and no others."""

import pytest
from django.db import connection

from tenancy.prepared import prepared

pytestmark = pytest.mark.django_db
_KEPT = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"


def kept(words: str) -> list[tuple[int, int]]:
    """Of the statements with ``words`` that PostgreSQL keeps: how often planned for anything, and
    how often for what it was asked."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [f"%{words}%"])
        return list(cursor.fetchall())


def ask(text: str, times: int) -> None:
    with connection.cursor() as cursor:
        for number in range(times):
            cursor.execute(text, [number])
            assert cursor.fetchall() == [(number,)]


def test_a_statement_is_planned_for_what_it_is_asked_however_often() -> None:
    ask("SELECT %s::int AS asked_often", 20)

    assert kept("asked\\_often") == []


def test_inside_prepared_it_is_kept_and_after_five_times_planned_for_anything() -> None:
    with prepared():
        ask("SELECT %s::int AS asked_inside", 20)

    assert kept("asked\\_inside") == [(14, 5)]


def test_after_prepared_nothing_new_is_kept() -> None:
    with prepared():
        ask("SELECT %s::int AS asked_inside", 1)
    ask("SELECT %s::int AS asked_after", 20)

    assert kept("asked\\_after") == []
