"""Counting: one slot from the payments, one hour from its slots. Repeating it changes nothing.

A payment belongs to the slot of its id (ids are ordered by time), so the rows of a slot are a
range of the primary key. The SQL is put together from portal.measures; it holds no outside word.
"""

from datetime import datetime

from django.db import connection

from kernel import ids
from portal.measures import ARRAYS, GROUPS, STEPS_MS, SUMS, FailureGroup, codes_of
from portal.slots import HOUR, SLOT

_PLACE = ("acquirer_id", "merchant_id", "partner_account_id", "livemode", "currency")
_SPOT = (*_PLACE, "store_id", "terminal_id")


def _group_number() -> str:
    """SQL: the position of a payment's failure in the array, from 1; null if it has none."""
    whens = []
    for number, group in enumerate(GROUPS, 1):
        codes = ", ".join(f"'{code}'" for code in codes_of(group))
        if codes:
            whens.append(f"WHEN p.failure_code IN ({codes}) THEN {number}")
    other = GROUPS.index(FailureGroup.OTHER) + 1
    return f"CASE {' '.join(whens)} WHEN p.failure_code IS NOT NULL THEN {other} END"


# The first call stands once per payment: a payment code is sent once and for all.
_FACTS = f"""
SELECT {", ".join(f"p.{name}" for name in _SPOT)},
       1 AS tried,
       (p.status = 'succeeded')::int AS succeeded,
       (p.status = 'failed')::int AS failed,
       (p.status = 'canceled')::int AS canceled,
       (p.status NOT IN ('succeeded', 'failed', 'canceled'))::int AS in_doubt,
       (call.result IS NOT DISTINCT FROM 'unknown')::int AS unknown,
       CASE WHEN p.status = 'succeeded' THEN p.amount_minor ELSE 0 END AS amount_minor,
       0 AS refunds, 0::bigint AS refunded_minor,
       {_group_number()} AS failure,
       CASE WHEN call.http_status IS NOT NULL
            THEN width_bucket(call.duration_ms - 1, ARRAY[{", ".join(map(str, STEPS_MS))}]) + 1
       END AS answer
  FROM payments_payment AS p
  LEFT JOIN LATERAL (
       SELECT result, http_status, duration_ms FROM payments_attempt
        WHERE payment_id = p.id AND kind IN ('pay', 'present') ORDER BY id LIMIT 1) AS call ON true
 WHERE p.id >= %(first)s AND p.id < %(end)s
UNION ALL
SELECT {", ".join(f"p.{name}" for name in _SPOT)},
       0, 0, 0, 0, 0, 0, 0, 1, r.amount_minor, NULL, NULL
  FROM payments_refund AS r JOIN payments_payment AS p ON p.id = r.payment_id
 WHERE r.id >= %(first)s AND r.id < %(end)s AND r.status = 'succeeded'
"""  # noqa: S608 - words of ours


def _counted(name: str, column: str, length: int) -> str:
    each = (f"count(*) FILTER (WHERE {column} = {number + 1})" for number in range(length))
    return f"ARRAY[{', '.join(each)}] AS {name}"


def _upsert(table: str, place: tuple[str, ...], selected: str) -> str:
    """Writes only the rows that are new or have changed."""
    values = (*SUMS, *ARRAYS)
    old = ", ".join(f"{table}.{name}" for name in values)
    new = ", ".join(f"EXCLUDED.{name}" for name in values)
    return f"""
INSERT INTO {table} (id, created_at, since, {", ".join(place)}, {", ".join(values)})
SELECT gen_random_uuid(), %(since)s, %(since)s, {", ".join(place)}, {selected}
 GROUP BY {", ".join(place)}
ON CONFLICT (since, {", ".join(place)}) DO UPDATE
   SET {", ".join(f"{name} = EXCLUDED.{name}" for name in values)}
 WHERE ({old}) IS DISTINCT FROM ({new})
"""  # noqa: S608 - words of ours


_SUMMED = ", ".join(f"sum({name})" for name in SUMS)
_COUNT_SLOT = _upsert(
    "portal_slotfigures",
    _SPOT,
    f"{_SUMMED}, {_counted('failures', 'failure', ARRAYS['failures'])},"
    f" {_counted('answers', 'answer', ARRAYS['answers'])} FROM ({_FACTS}) AS facts",
)


def _added(name: str, length: int) -> str:
    return f"ARRAY[{', '.join(f'sum({name}[{number + 1}])' for number in range(length))}]"


_COUNT_HOUR = _upsert(
    "portal_hourfigures",
    _PLACE,
    f"{_SUMMED}, {', '.join(_added(name, length) for name, length in ARRAYS.items())}"
    "  FROM portal_slotfigures WHERE since >= %(since)s AND since < %(until)s",
)


def count_slot(slot: datetime) -> int:
    """Count the payments and refunds of the five minutes from ``slot`` on; how many rows changed.

    Needs the scope of the whole platform.
    """
    first, end = ids.first_uuid_at(slot), ids.first_uuid_at(slot + SLOT)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_SLOT, {"since": slot, "first": first, "end": end})
        return int(cursor.rowcount)


def count_hour(hour: datetime) -> int:
    """Add up the slots of the hour from ``hour`` on; how many rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_HOUR, {"since": hour, "until": hour + HOUR})
        return int(cursor.rowcount)
