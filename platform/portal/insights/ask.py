"""What is asked of insights: whose, where, of which days. Built by the page and by the API."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from portal.insights.rules import GRAINS
from portal.models import DaySales
from portal.models.insights import DayInsight

DAYS_LIMIT = 3660  # of one question


@dataclass(frozen=True, slots=True)
class Ask:
    """Days from ``since`` to before ``until``, of the acquirer's zone; None leaves a column open.

    ``grain`` is the step of cohorts and of new against returning customers.
    """

    acquirer_id: UUID
    livemode: bool
    since: date
    until: date
    merchant_id: UUID | None = None
    store_id: UUID | None = None
    currency: str = ""
    grain: str = GRAINS[0]

    def place(self) -> dict[str, Any]:
        """The parameters of a statement."""
        return {
            "acquirer": self.acquirer_id,
            "livemode": self.livemode,
            "merchant": self.merchant_id,
            "store": self.store_id,
            "since": self.since,
            "until": self.until,
            "currency": self.currency,
            "grain": self.grain,
        }

    def rows(self, model: type[DayInsight]) -> QuerySet[Any, Any]:
        """The rows of a table of days that are asked for."""
        where: dict[str, Any] = {
            "acquirer_id": self.acquirer_id,
            "livemode": self.livemode,
            "day__gte": self.since,
            "day__lt": self.until,
        }
        if self.merchant_id is not None:
            where["merchant_id"] = self.merchant_id
        if self.store_id is not None:
            where["store_id"] = self.store_id
        if self.currency:
            where["currency"] = self.currency
        return model._default_manager.filter(**where)


def list_currencies(ask: Ask) -> list[str]:
    """Those that were paid in, most payments first: amounts of two are never added."""
    rows = replace(ask, currency="").rows(DaySales).values("currency")
    summed = rows.annotate(total=Sum("payments")).order_by("-total", "currency")
    return [row["currency"] for row in summed]


def with_currency(ask: Ask) -> Ask:
    """The same in the currency with most payments, unless it names one."""
    if ask.currency:
        return ask
    return replace(ask, currency=next(iter(list_currencies(ask)), ""))
