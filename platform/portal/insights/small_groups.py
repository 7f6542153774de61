"""Keeping small groups of people out of sight, and what their size could be reckoned from.

A group of fewer than k is not told. Where the sum of several groups is told as well, one hidden
group could be had by subtraction: then the smallest of the others is hidden with it, until at
least two are hidden that hold k people together. Above merchants, what is told is the sum of what
each merchant is told, so that nobody subtracts one merchant from all.
"""

from collections.abc import Iterable

from django.conf import settings


def smallest_group() -> int:
    """k: how many people a group must have to be told (TILLGATE_INSIGHTS_SMALLEST_GROUP)."""
    return max(2, settings.INSIGHTS_SMALLEST_GROUP)


def hide_small(source: str, *, within: Iterable[str], order: str) -> str:
    """SQL: the rows of the query ``source`` that have ``customers``, with ``is_hidden``.

    Groups whose sum is told share the columns ``within``; of those as small as each other the
    first by ``order`` is hidden. Needs the parameter ``k``. A group of nobody is no row.
    """
    partition = f"PARTITION BY {', '.join(within)}"
    return f"""
SELECT counted.*, customers < %(k)s OR (
         place = few + 1 AND few > 0 AND (few = 1 OR people < %(k)s)) AS is_hidden
  FROM (SELECT grouped.*,
               row_number() OVER ({partition} ORDER BY customers, {order}) AS place,
               count(*) FILTER (WHERE customers < %(k)s) OVER ({partition}) AS few,
               sum(customers) FILTER (WHERE customers < %(k)s) OVER ({partition}) AS people
          FROM ({source}) AS grouped) AS counted
"""  # noqa: S608 - words of ours
