"""What the page is asked for: whose figures, which mode, which time. Unknown words are ignored."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.http import urlencode

from kernel import clock
from kernel.ids import InvalidId, decode
from merchants.models import Merchant, PartnerAccount
from portal.selectors.totals import Place
from portal.slots import SLOT, begin_of
from tenancy.models import Acquirer
from tenancy.signed_in import staff_of

PERIODS = {"today": 1, "yesterday": 1, "7d": 7}  # in days
HOUR_SECONDS, DAY_SECONDS = 3600, 86400
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Question:
    """``since`` and ``until`` begin a slot; ``before`` is the time it is compared with, a week
    earlier (a fortnight's first week for ``7d``)."""

    place: Place
    period: str
    zone: tzinfo
    since: datetime
    until: datetime
    acquirer: Acquirer | None = None
    merchant: Merchant | None = None

    @property
    def before(self) -> tuple[datetime, datetime]:
        return self.since - _WEEK, self.until - _WEEK

    @property
    def step_seconds(self) -> int:
        """Of the charts."""
        return DAY_SECONDS if PERIODS[self.period] > 1 else HOUR_SECONDS

    @property
    def steps(self) -> int:
        return PERIODS[self.period] * DAY_SECONDS // self.step_seconds

    @property
    def steps_begun(self) -> int:
        """Those that are not all in the future."""
        return -(-int((self.until - self.since).total_seconds()) // self.step_seconds)

    def link(self, **changes: str | None) -> str:
        """The page's own address with something else asked; None leaves a word out."""
        words: dict[str, str | None] = {
            "mode": "live" if self.place.livemode else "test",
            "period": self.period,
            "acquirer": self.acquirer.public_id if self.acquirer else None,
            "merchant": self.merchant.public_id if self.merchant else None,
        }
        return "?" + urlencode({k: v for k, v in (words | changes).items() if v})


def read_question(request: HttpRequest) -> Question:
    """What this person asks; somebody else's merchant is as unknown as any word."""
    words, staff = request.GET, staff_of(request)
    acquirer = staff.acquirer or _find(Acquirer.objects.all(), words.get("acquirer", ""))
    merchant = _find(Merchant.objects.all(), words.get("merchant", ""))
    if merchant is not None and acquirer is None:
        acquirer = merchant.acquirer
    period = words.get("period", "")
    period = period if period in PERIODS else "today"
    zone = UTC if acquirer is None else ZoneInfo(acquirer.time_zone)
    since, until = _times(period, zone)
    livemode = {"live": True, "test": False}.get(words.get("mode", ""))
    place = Place(
        livemode=_is_live(acquirer) if livemode is None else livemode,
        acquirer_id=acquirer and acquirer.id,
        merchant_id=merchant and merchant.id,
    )
    return Question(place, period, zone, since, until, acquirer, merchant)


def _times(period: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """Days of the acquirer, from midnight to midnight, or to the slot that is under way."""
    now = clock.now()
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    end = begin_of(now) + SLOT
    if period == "yesterday":
        return (midnight - timedelta(days=1)).astimezone(UTC), midnight.astimezone(UTC)
    return (midnight - timedelta(days=PERIODS[period] - 1)).astimezone(UTC), end


def _is_live(acquirer: Acquirer | None) -> bool:
    """Live is shown first to who has a live account."""
    rows = PartnerAccount.objects.filter(livemode=True, is_active=True)
    return (rows if acquirer is None else rows.filter(acquirer=acquirer)).exists()


def _find(rows: Any, public_id: str) -> Any:
    try:
        return rows.filter(id=decode(rows.model.PREFIX, public_id)).first()
    except InvalidId:
        return None
