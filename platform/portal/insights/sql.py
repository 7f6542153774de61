"""Writing a set of rows anew: what is no longer there goes, what differs is changed, no more.

Its parts are words of ours; everything from outside is a parameter.
"""

from collections.abc import Mapping, Sequence

# The first 48 bits of an id are its time in milliseconds.
MADE_AT = "to_timestamp(('x' || left(replace({id}::text, '-', ''), 12))::bit(48)::bigint / 1000.0)"
# A till may send what it likes in a basket; a sum of it must not be more than the column holds.
_MOST = 9_000_000_000_000_000_000


def total(expression: str) -> str:
    """The sum as a bigint; 0 of nothing."""
    return f"least(COALESCE(sum({expression}), 0), {_MOST})::bigint"


def replace(
    table: str, *, of: Sequence[str], keys: Sequence[str], values: Mapping[str, str], source: str
) -> str:
    """The statement that makes the rows of ``table`` with the parameters ``of`` those of a query.

    ``source`` is what stands after SELECT's columns: FROM, WHERE. It is grouped by ``keys``, which
    it names; ``values`` are the other columns and how each is summed up. Needs the parameters
    ``of`` without ``_id``, ``acquirer`` and ``at``.
    """
    own = " AND ".join(f"kept.{name} = %({_parameter(name)})s" for name in of)
    same = " AND ".join(f"fresh.{name} = kept.{name}" for name in keys)
    picked = ", ".join([*keys, *(f"{how} AS {name}" for name, how in values.items())])
    columns = ", ".join([*of, *keys, *values])
    given = ", ".join(f"%({_parameter(name)})s" for name in of)
    fresh = ", ".join(f"fresh.{name}" for name in (*keys, *values))
    old = ", ".join(f"kept.{name}" for name in values)
    new = ", ".join(f"EXCLUDED.{name}" for name in values)
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in values)
    return f"""
WITH fresh AS MATERIALIZED (SELECT {picked} {source} GROUP BY {", ".join(keys)}),
     gone AS (DELETE FROM {table} AS kept
               WHERE {own} AND NOT EXISTS (SELECT FROM fresh WHERE {same}))
INSERT INTO {table} AS kept (id, created_at, acquirer_id, {columns})
SELECT gen_random_uuid(), %(at)s, %(acquirer)s, {given}, {fresh} FROM fresh
ON CONFLICT ({", ".join([*of, *keys])}) DO UPDATE SET {changed}
 WHERE ({old}) IS DISTINCT FROM ({new})
"""  # noqa: S608 - words of ours


def _parameter(column: str) -> str:
    return column.removesuffix("_id")
