"""What concerns one till: the incidents above it and on it, and the banners of staff."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kernel import clock
from merchants.authentication import Principal
from portal.health.sentences import TILL
from portal.models import Banner, Incident
from tenancy.scope import tenant_scope

LIMIT = 20  # of each


@dataclass(frozen=True, slots=True)
class Concerns:
    incidents: list[Incident]
    banners: list[Banner]


def read_concerns(principal: Principal) -> Concerns:
    """What the key's store and terminal are to know, newest first.

    An incident of the whole account and a banner for every merchant belong to no merchant, so the
    scope is the acquirer's here, and each query names the merchant itself.
    """
    now = clock.now()
    with tenant_scope(principal.acquirer_id):
        incidents = _concerning(principal, ("merchant", "store", "terminal"))
        banners = _concerning(principal, ("merchant", "store"))
        return Concerns(
            list(
                Incident.objects.filter(
                    incidents,
                    livemode=principal.livemode,
                    ended_at__isnull=True,
                    kind__in=[kind.value for kind in TILL],
                ).order_by("-id")[:LIMIT]
            ),
            list(Banner.objects.filter(banners, _running(now)).order_by("-id")[:LIMIT]),
        )


def _running(now: datetime) -> Q:
    return Q(starts_at__lte=now, ends_at__gt=now)


def _concerning(principal: Principal, columns: tuple[str, ...]) -> Q:
    """Each column is empty or the key's; a key of the whole merchant hears of all its stores."""
    wanted = {
        "merchant": principal.merchant_id,
        "store": principal.store_id,
        "terminal": principal.terminal_id,
    }
    found = Q()
    for column in columns:
        if wanted[column] is not None:
            found &= Q(**{f"{column}__isnull": True}) | Q(**{column: wanted[column]})
    return found
