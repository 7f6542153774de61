"""Figures put straight into their tables, for tests that are not about counting."""

from datetime import datetime
from typing import Any

from portal.measures import ARRAYS, SUMS
from portal.models import SlotFigures
from portal.services.count import count_hour
from portal.slots import HOUR, begin_of
from tenancy.scope import platform_scope
from tests.people import Person


def put(person: Person, since: datetime, **values: Any) -> None:
    """A slot of the person's terminal, and its hour added up; counts that are not given are 0."""
    row: dict[str, Any] = dict.fromkeys(SUMS, 0)
    row |= {name: [0] * length for name, length in ARRAYS.items()}
    place: dict[str, Any] = {"store": person.store, "terminal": person.terminal}
    with platform_scope():
        SlotFigures.objects.create(
            acquirer=person.acquirer,
            merchant=person.merchant,
            partner_account=person.partner_account,
            since=since,
            **({"livemode": False, "currency": "HKD"} | place | row | values),
        )
        count_hour(begin_of(since, HOUR))
