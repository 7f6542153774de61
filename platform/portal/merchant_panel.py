"""A merchant's page: its money, and what stands below it, each as a link.

Sums come from the figures, never from the payments; the rest are few rows by an index each.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from events.models import WebhookEndpoint
from kernel import clock
from merchants.models import ApiKey, Document, Merchant, Store, Terminal
from payments.models import Break, Payment
from portal.dashboard import words
from portal.health.sentences import tell
from portal.models import Incident
from portal.selectors.totals import Place, Totals, read_totals
from portal.slots import SLOT, begin_of

SHOWN = 10  # latest payments, open breaks, open incidents, webhook endpoints
COUNTED = 1000  # stores, terminals, keys: more are shown as "1,000+"
_DAY_SECONDS = 86400
WINDOWS = (
    (gettext_noop("today"), 1),
    (gettext_noop("7 days"), 7),
    (gettext_noop("30 days"), 30),
)  # in days, today included


def render_money(request: HttpRequest, merchant: Merchant) -> SafeString:
    """The panel, or nothing for who may not look at payments."""
    if not request.user.has_perm("payments.view_payment"):
        return mark_safe("")
    context = {
        "merchant": merchant,
        "windows": [_(label) for label, _days in WINDOWS],
        "modes": [each for each in (_mode(merchant, True), _mode(merchant, False)) if each["rows"]],
        "payments": Payment.objects.filter(merchant=merchant).order_by("-id")[:SHOWN],
        "breaks": _breaks(request, merchant),
        "incidents": _incidents(request, merchant),
        "endpoints": _endpoints(request, merchant),
        "below": list(_below(request, merchant)),
    }
    return render_to_string("portal/merchant.html", context)


def _mode(merchant: Merchant, livemode: bool) -> dict[str, Any]:
    place = Place(livemode, merchant.acquirer_id, merchant.id)
    since = _midnight(merchant) - timedelta(days=WINDOWS[-1][1] - 1)
    until = begin_of(clock.now()) + SLOT
    found = read_totals(place, since, until, step_seconds=_DAY_SECONDS)
    rows = [(currency, _windows(currency, days)) for currency, days in sorted(found.items())]
    return {"name": _("Live") if livemode else _("Test"), "rows": rows}


def _midnight(merchant: Merchant) -> datetime:
    zone = ZoneInfo(merchant.acquirer.time_zone)
    midnight = clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return begin_of(midnight)


def _windows(currency: str, days: dict[int, Totals]) -> list[dict[str, str]]:
    """Amount, payments and success rate of each window; ``days`` are numbered from the oldest."""
    last = WINDOWS[-1][1] - 1
    shown = []
    for _label, length in WINDOWS:
        total = Totals()
        for number, day in days.items():
            if number > last - length:
                total.add(day)
        shown.append(
            {
                "amount": words.money(total.amount_minor, currency),
                "payments": words.count(total.succeeded),
                "rate": words.share(total.success_rate),
            }
        )
    return shown


def _breaks(request: HttpRequest, merchant: Merchant) -> list[Break]:
    if not request.user.has_perm("payments.view_break"):
        return []
    rows = Break.objects.filter(payment__merchant=merchant, status=Break.Status.OPEN)
    return list(rows.order_by("-id")[:SHOWN])


def _incidents(request: HttpRequest, merchant: Merchant) -> list[tuple[str, Incident]]:
    """What live health has named of it and of its stores, tills and keys."""
    if not request.user.has_perm("portal.view_incident"):
        return []
    rows = Incident.objects.filter(merchant=merchant, ended_at__isnull=True).order_by("-id")
    named = rows.select_related("partner_account", "merchant", "store", "terminal", "key")
    return [(tell(row), row) for row in named[:SHOWN]]


def _endpoints(request: HttpRequest, merchant: Merchant) -> list[WebhookEndpoint]:
    if not request.user.has_perm("events.view_webhookendpoint"):
        return []
    return list(WebhookEndpoint.objects.filter(merchant_id=merchant.id).order_by("-id")[:SHOWN])


def _below(request: HttpRequest, merchant: Merchant) -> Iterator[tuple[str, str, str]]:
    """Name, number and list of each kind of thing that the merchant has; where there is none,
    the page that adds the first, for who may."""
    for label, model in (
        (_("Stores"), Store), (_("Terminals"), Terminal), (_("API keys"), ApiKey),
        (_("Documents"), Document),
    ):  # fmt: skip
        name = model._meta.model_name
        if request.user.has_perm(f"merchants.view_{name}"):
            rows: Any = model
            count = rows.objects.filter(merchant=merchant)[:COUNTED].count()
            where = f"{reverse(f'admin:merchants_{name}_changelist')}?merchant__id__exact="
            if not count and request.user.has_perm(f"merchants.add_{name}"):
                where = f"{reverse(f'admin:merchants_{name}_add')}?merchant="
            yield label, words.count(count, limit=COUNTED), f"{where}{merchant.pk}"
