"""Days that have ended are settled by themselves, in their order."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import structlog
from django.db.models import Min

from kernel import clock
from kernel.errors import Conflict
from ledger.models import Account, Entry
from settlement.models import Day
from settlement.selectors import default_schedule
from settlement.services.settle import settle
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope

log = structlog.get_logger(__name__)

DAYS_AT_ONCE = 40  # of one acquirer and mode in one round; the next round does the rest
# What was decided before the cut-off is committed by now; what is not yet comes as a late line.
GRACE = timedelta(minutes=5)


def settle_ended_days() -> int:
    """Settle what has ended and is not settled yet, of every acquirer; how many days that were."""
    settled = 0
    for acquirer in Acquirer.objects.order_by("id"):
        for livemode in (False, True):
            settled += _settle_ended(acquirer, livemode=livemode)
    return settled


def _settle_ended(acquirer: Acquirer, *, livemode: bool) -> int:
    settled = 0
    for day in _ended_days(acquirer, livemode=livemode):
        try:
            settle(acquirer, day, livemode=livemode)
        except Conflict:  # a merchant's own day ends later than the acquirer's
            break
        except Exception:
            log.exception("day_not_settled", acquirer=acquirer.slug, day=str(day))
            break
        settled += 1
    return settled


def _ended_days(acquirer: Acquirer, *, livemode: bool) -> Iterator[date]:
    with tenant_scope(acquirer.id):
        cut_off = default_schedule(acquirer).ends
        last = Day.objects.filter(livemode=livemode).order_by("-business_date").first()
        if last is not None:
            first = last.business_date + timedelta(days=1)
        else:
            moment = _first_sale(livemode=livemode)
            if moment is None:
                return
            first = cut_off.business_date_of(moment)
    for ahead in range(DAYS_AT_ONCE):
        day = first + timedelta(days=ahead)
        if cut_off.end_of(day) + GRACE > clock.now():
            return
        yield day


def _first_sale(*, livemode: bool) -> datetime | None:
    accounts = Account.objects.filter(kind="merchant_payable", livemode=livemode)
    rows = Entry.objects.filter(account__in=accounts)
    first: datetime | None = rows.aggregate(first=Min("created_at"))["first"]
    return first
