"""What stands open at this moment: few rows each, found by an index, counted up to a limit."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from events.models import WebhookEndpoint
from events.models.endpoint import DisabledReason
from kernel import clock
from merchants.models import Registration
from merchants.registration_state import RegistrationStatus
from payments.models import Break, Payment
from portal.selectors.totals import Place
from settlement.models import BooksCheck
from settlement.models import Break as ReconciliationBreak
from settlement.state import BreakState

LIMIT = 1000  # more than so many are shown as "1000+"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Payments without an end: how many, and how long the oldest has waited."""

    count: int
    oldest: timedelta | None


def _of(place: Place, rows: QuerySet[Any], *, merchant: str = "merchant_id") -> QuerySet[Any]:
    rows = rows.filter(livemode=place.livemode)
    if place.acquirer_id is not None:
        rows = rows.filter(acquirer_id=place.acquirer_id)
    return rows if place.merchant_id is None else rows.filter(**{merchant: place.merchant_id})


def read_doubt(place: Place) -> Doubt:
    """Payments in doubt now."""
    rows = Payment.objects.filter(due_at__isnull=False, completed_at__isnull=True)
    times: list[datetime] = list(_of(place, rows).values_list("created_at", flat=True)[:LIMIT])
    return Doubt(len(times), clock.now() - min(times) if times else None)


def read_breaks(place: Place) -> tuple[int, int]:
    """Open breaks, and how many of them need a person."""
    rows = _of(place, Break.objects.filter(status=Break.Status.OPEN))
    needs = list(rows.values_list("needs_person", flat=True)[:LIMIT])
    return len(needs), sum(needs)


def read_reconciliation(place: Place) -> tuple[int, int, date | None]:
    """Open breaks of reconciliation, how many of them are nobody's, and the oldest's day."""
    rows = ReconciliationBreak.objects.filter(state=BreakState.OPEN)
    found = list(_of(place, rows).values_list("business_date", "owner_id")[:LIMIT])
    nobodys = sum(owner is None for _, owner in found)
    return len(found), nobodys, min((day for day, _ in found), default=None)


def read_webhooks(place: Place) -> dict[str, int]:
    """Endpoints that are enabled, that are failing, and that we have switched off."""
    ours = [DisabledReason.GONE, DisabledReason.FAILING]
    return _of(place, WebhookEndpoint.objects.all()).aggregate(
        enabled=Count("id", filter=Q(is_enabled=True)),
        failing=Count("id", filter=Q(is_enabled=True, failing_since__isnull=False)),
        switched_off=Count("id", filter=Q(is_enabled=False, disabled_reason__in=ours)),
    )


def read_registrations(place: Place) -> dict[str, int]:
    """Stores that Alipay has not taken yet, by where they stand."""
    rows = Registration.objects.filter(partner_account__livemode=place.livemode)
    if place.acquirer_id is not None:
        rows = rows.filter(acquirer_id=place.acquirer_id)
    if place.merchant_id is not None:
        rows = rows.filter(merchant_id=place.merchant_id)
    waiting = rows.exclude(status=RegistrationStatus.REGISTERED).values_list("status")
    return dict(waiting.annotate(count=Count("id")).order_by())


def read_books(place: Place) -> tuple[int, timedelta] | None:
    """What the last check of each acquirer's books found, and how old the oldest of them is;
    None where no books were checked yet."""
    rows = BooksCheck.objects.order_by("acquirer_id", "-id").distinct("acquirer_id")
    if place.acquirer_id is not None:
        rows = rows.filter(acquirer_id=place.acquirer_id)
    found = list(rows.values_list("faults", "created_at"))
    if not found:
        return None
    return sum(faults for faults, _ in found), clock.now() - min(moment for _, moment in found)
