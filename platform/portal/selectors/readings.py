"""What the rules read: the sums of the last minutes by place, of all acquirers at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from connectors.alipay.transport import ALL_LEFT_ALONE
from connectors.alipay.verdict import UNREADABLE_ANSWER
from kernel import ids
from merchants.models import ApiKey, Merchant, Store
from merchants.refusals import SLOT, slot_of
from merchants.state import Status
from portal.health.subject import Subject
from portal.measures import ARRAYS, SUMS
from portal.selectors.totals import Totals
from portal.slots import begin_of
from portal.state import Level

_SPOT = "acquirer_id, livemode, partner_account_id, merchant_id, store_id, terminal_id"
_ARRAY = ", ".join(
    f"ARRAY[{', '.join(f'sum({name}[{number + 1}])::bigint' for number in range(length))}]"
    for name, length in ARRAYS.items()
)
_RECENT = f"""
SELECT {_SPOT}, {", ".join(f"sum({name})::bigint" for name in SUMS)}, {_ARRAY}
  FROM portal_slotfigures WHERE since >= %(since)s GROUP BY {_SPOT}
"""  # noqa: S608 - words of ours
_SALES = """
SELECT acquirer_id, livemode, merchant_id, store_id, sum(tried)::bigint
  FROM portal_slotfigures WHERE since >= %s AND since < %s
 GROUP BY acquirer_id, livemode, merchant_id, store_id
"""
# No code: nobody connected or answered in full. Calls without an address have not ended yet.
_ADDRESSES = f"""
SELECT payment.acquirer_id, payment.livemode, payment.partner_account_id, attempt.endpoint,
       count(*),
       count(*) FILTER (WHERE attempt.error = '{ALL_LEFT_ALONE}'
                           OR attempt.http_status IS DISTINCT FROM 200
                           OR attempt.code = '{UNREADABLE_ANSWER}')
  FROM payments_attempt AS attempt JOIN payments_payment AS payment
    ON payment.id = attempt.payment_id
 WHERE attempt.id >= %s AND attempt.endpoint IS NOT NULL
 GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - words of ours


def read_recent(now: datetime, window: timedelta) -> dict[Subject, Totals]:
    """What each terminal (or store, where no terminal was named) has sold in the slots that the
    window touches. Needs the scope of the whole platform."""
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, {"since": begin_of(now - window)})
        return {Subject(*row[:6]): Totals(*row[6:]) for row in cursor.fetchall()}


def add_up(spots: dict[Subject, Totals], level: Level) -> dict[Subject, Totals]:
    """The same sums seen from a wider level."""
    found: dict[Subject, Totals] = {}
    for spot, totals in spots.items():
        place = spot.at(level)
        if place is not None:
            found.setdefault(place, Totals()).add(totals)
    return found


def read_addresses(now: datetime, window: timedelta) -> Iterable[tuple[Subject, int, int]]:
    """Each of Alipay's addresses with its calls in the window, and those that came to nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [ids.first_uuid_at(now - window)])
        rows = cursor.fetchall()
    for acquirer, livemode, account, address, calls, failed in rows:
        yield Subject(acquirer, livemode, account, address=address), calls, failed


def read_refusals(now: datetime) -> Iterable[tuple[Subject, int]]:
    """Each key with calls that were refused in the slot under way or the one before, and how many
    (bounded: merchants.refusals)."""
    slot = slot_of(now)
    for key in ApiKey.objects.filter(refused_since__gte=slot - SLOT):
        earlier = key.refused_before if key.refused_since == slot else 0
        place = (key.merchant_id, key.store_id, key.terminal_id)
        subject = Subject(key.acquirer_id, key.livemode, None, *place, key_id=key.id)
        yield subject, key.refused_count + earlier


def read_closed() -> frozenset[UUID]:
    """The merchants and stores that may not sell: nothing is expected of them. (Few; joined to
    the figures, the planner would look at every store for every row.)"""
    return frozenset(
        row_id
        for model in (Merchant, Store)
        for row_id in model.objects.exclude(status=Status.ACTIVE).values_list("id", flat=True)
    )


def read_sales(since: datetime, until: datetime, closed: frozenset[UUID]) -> dict[Subject, int]:
    """How many payments each store tried, and each merchant in all; without the ``closed``."""
    with connection.cursor() as cursor:
        cursor.execute(_SALES, [since, until])
        rows: list[tuple[UUID, bool, UUID, UUID, int]] = cursor.fetchall()
    found: dict[Subject, int] = {}
    for acquirer, livemode, merchant, store, tried in rows:
        if merchant in closed or store in closed:
            continue
        whole = Subject(acquirer, livemode, merchant_id=merchant)
        found[whole] = found.get(whole, 0) + tried
        one = Subject(acquirer, livemode, merchant_id=merchant, store_id=store)
        found[one] = found.get(one, 0) + tried
    return found


def of_incident(row: Any) -> Subject:
    """The subject of an incident's row."""
    return Subject(
        row.acquirer_id,
        row.livemode,
        row.partner_account_id,
        row.merchant_id,
        row.store_id,
        row.terminal_id,
        row.address,
        row.key_id,
    )
