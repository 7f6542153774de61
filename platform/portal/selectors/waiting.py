"""Merchants that wait for a person's step: who has waited longest, by where they stand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from merchants.models import Merchant, MerchantStep
from merchants.onboarding import Standing
from portal.selectors.totals import Place

LIMIT = 1000  # of all; more than so many are shown as "1000+"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A merchant that stands where it stands since ``since``."""

    merchant_id: UUID
    name: str
    since: datetime


def read_waiting(place: Place, standings: Iterable[Standing]) -> dict[Standing, list[Waiting]]:
    """The merchants at each of ``standings``, who has waited longest first."""
    rows: Any = Merchant.objects.filter(status__in=[each.value for each in standings])
    if place.acquirer_id is not None:
        rows = rows.filter(acquirer_id=place.acquirer_id)
    if place.merchant_id is not None:
        rows = rows.filter(id=place.merchant_id)
    steps = MerchantStep.objects.filter(merchant=OuterRef("pk")).order_by("-id")
    since = Coalesce(Subquery(steps.values("created_at")[:1]), "created_at")
    found = rows.order_by("id").annotate(since=since)[:LIMIT]
    by_standing: dict[Standing, list[Waiting]] = defaultdict(list)
    for key, name, status, moment in found.values_list("id", "display_name", "status", "since"):
        by_standing[Standing(status)].append(Waiting(key, name, moment))
    return {
        standing: sorted(group, key=lambda each: each.since)
        for standing, group in by_standing.items()
    }
