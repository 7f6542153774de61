"""Live health for one look: open incidents, each account's last ten minutes, the worst places."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format

from kernel import clock
from merchants.models import PartnerAccount, Store, Terminal
from portal.dashboard import words
from portal.dashboard.question import Question
from portal.health.sentences import explain, show_value, tell
from portal.health.subject import Subject
from portal.measures import GROUPS, FailureGroup
from portal.models import Incident
from portal.selectors.readings import add_up, read_recent
from portal.selectors.totals import Totals
from portal.state import Level

_TEN, _HALF_HOUR = timedelta(minutes=10), timedelta(minutes=30)
INCIDENT_LIMIT, WORST_LIMIT, MINIMUM = 50, 8, 5
_P99 = 0.99


def show_live(question: Question) -> dict[str, Any]:
    """Words only, ready to be written into the page."""
    now = clock.now()
    half_hour = _own(question, read_recent(now, _HALF_HOUR))
    ten = _own(question, read_recent(now, _TEN))
    return {
        "at": date_format(now.astimezone(question.zone), "H:i:s"),
        "incidents": _incidents(question),
        "accounts": _accounts(add_up(ten, Level.ACCOUNT)),
        "stores": _worst_stores(add_up(half_hour, Level.STORE)),
        "tills": _worst_tills(add_up(half_hour, Level.TERMINAL)),
    }


def _own(question: Question, spots: dict[Subject, Totals]) -> dict[Subject, Totals]:
    """What is asked for; the scope has left only this acquirer's."""
    place = question.place
    return {
        spot: totals
        for spot, totals in spots.items()
        if spot.livemode == place.livemode
        and place.acquirer_id in (None, spot.acquirer_id)
        and place.merchant_id in (None, spot.merchant_id)
    }


def _incidents(question: Question) -> list[dict[str, Any]]:
    rows = Incident.objects.filter(ended_at__isnull=True, livemode=question.place.livemode)
    if question.place.acquirer_id is not None:
        rows = rows.filter(acquirer_id=question.place.acquirer_id)
    if question.place.merchant_id is not None:
        rows = rows.filter(merchant_id=question.place.merchant_id)
    related = ("partner_account", "merchant", "store", "terminal", "key")
    return [
        {
            "what": tell(row),
            "behind": explain(row),
            "measured": show_value(row),
            "since": date_format(row.created_at.astimezone(question.zone), "D j M, H:i"),
            "link": reverse("admin:portal_incident_change", args=[row.id]),
        }
        for row in rows.select_related(*related).order_by("-id")[:INCIDENT_LIMIT]
    ]


def _accounts(found: dict[Subject, Totals]) -> list[list[str]]:
    names = PartnerAccount.objects.in_bulk([subject.partner_account_id for subject in found])
    rows = []
    for subject, totals in found.items():
        unknown = totals.unknown / totals.tried if totals.tried else None
        rows.append(
            [
                str(names.get(subject.partner_account_id)),
                words.count(totals.tried),
                words.share(totals.success_rate),
                words.share(unknown),
                words.milliseconds(totals.quantile_ms(0.5)),
                words.milliseconds(totals.quantile_ms(_P99)),
            ]
        )
    return sorted(rows)


def _worst_stores(found: dict[Subject, Totals]) -> list[list[str]]:
    """Lowest success rate first."""
    rated = [
        (totals.success_rate, subject, totals)
        for subject, totals in found.items()
        if totals.ended >= MINIMUM and totals.success_rate is not None and totals.success_rate < 1
    ]
    worst = sorted(rated, key=lambda each: (each[0], str(each[1])))[:WORST_LIMIT]
    ids = [subject.store_id for _, subject, _ in worst]
    stores = Store.objects.select_related("merchant").in_bulk(ids)
    return [
        [
            _store(stores.get(subject.store_id)),
            words.count(totals.tried),
            words.share(rate),
            words.count(totals.unknown),
        ]
        for rate, subject, totals in worst
    ]


def _store(store: Store | None) -> str:
    return "" if store is None else f"{store.merchant}, {store}"


def _worst_tills(found: dict[Subject, Totals]) -> list[list[str]]:
    """Most codes that could not be read first."""
    place = GROUPS.index(FailureGroup.CODE_READ)
    rated = [
        (totals.failures[place] / totals.tried, subject, totals)
        for subject, totals in found.items()
        if totals.tried >= MINIMUM and totals.failures[place]
    ]
    worst = sorted(rated, key=lambda each: (-each[0], str(each[1])))[:WORST_LIMIT]
    ids = [subject.terminal_id for _, subject, _ in worst]
    tills = Terminal.objects.select_related("merchant", "store").in_bulk(ids)
    return [
        [
            _till(tills.get(subject.terminal_id)),
            words.count(totals.tried),
            words.count(totals.failures[place]),
            words.share(share),
        ]
        for share, subject, totals in worst
    ]


def _till(till: Terminal | None) -> str:
    return "" if till is None else f"{till.merchant}, {till.store}, {till.name}"
