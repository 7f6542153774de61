"""What a page of the data portal is asked for. Unknown words are ignored, as on the overview."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.http import urlencode

from kernel import clock
from kernel.ids import InvalidId, decode
from merchants.models import Merchant, PartnerAccount, Store
from portal.insights.ask import DAYS_LIMIT, Ask
from portal.insights.rules import GRAINS
from tenancy.models import Acquirer
from tenancy.signed_in import staff_of

VIEWS = ("sales", "customers", "baskets", "campaigns")
PERIODS = (28, 91, 365)  # days, today included
_MODES = {"live": True, "test": False}


@dataclass(frozen=True, slots=True)
class Question:
    """``ask`` is what the reports read."""

    ask: Ask
    view: str
    acquirer: Acquirer
    merchant: Merchant | None
    store: Store | None

    @property
    def days(self) -> int:
        return (self.ask.until - self.ask.since).days

    @property
    def before(self) -> Ask:
        """As many days just before."""
        length = self.ask.until - self.ask.since
        return replace(self.ask, since=self.ask.since - length, until=self.ask.since)

    @property
    def last_day(self) -> date:
        return self.ask.until - timedelta(days=1)

    def words(self) -> dict[str, str]:
        """The query string of this question."""
        said = {
            "view": self.view,
            "mode": "live" if self.ask.livemode else "test",
            "since": str(self.ask.since),
            "last": str(self.last_day),
            "acquirer": self.acquirer.public_id,
            "merchant": self.merchant.public_id if self.merchant else "",
            "store": self.store.public_id if self.store else "",
            "currency": self.ask.currency,
            "grain": self.ask.grain,
        }
        return {name: value for name, value in said.items() if value}

    def link(self, **changes: str) -> str:
        """The page's own address with something else asked; "" leaves a word out."""
        return "?" + urlencode({k: v for k, v in (self.words() | changes).items() if v})


def read_question(request: HttpRequest) -> Question | None:
    """What this person asks; None where there is no acquirer yet."""
    words, staff = request.GET, staff_of(request)
    rows = Acquirer.objects.order_by("id")
    acquirer = staff.acquirer or _find(rows, words.get("acquirer", "")) or rows.first()
    if acquirer is None:
        return None
    merchant = _find(Merchant.objects.filter(acquirer=acquirer), words.get("merchant", ""))
    store = merchant and _find(Store.objects.filter(merchant=merchant), words.get("store", ""))
    livemode = _MODES.get(words.get("mode", ""))
    since, until = _days(words, clock.now().astimezone(ZoneInfo(acquirer.time_zone)).date())
    currency, grain, view = (words.get(name, "") for name in ("currency", "grain", "view"))
    ask = Ask(
        acquirer_id=acquirer.id,
        livemode=_has_live(acquirer) if livemode is None else livemode,
        since=since,
        until=until,
        merchant_id=merchant and merchant.id,
        store_id=store and store.id,
        currency=currency if currency.isascii() and currency.isupper() else "",
        grain=grain if grain in GRAINS else GRAINS[0],
    )
    return Question(ask, view if view in VIEWS else VIEWS[0], acquirer, merchant, store or None)


def _days(words: Any, today: date) -> tuple[date, date]:
    since, last = (_date(words.get(name, "")) for name in ("since", "last"))
    last = min(last or today, today)
    earliest = last - timedelta(days=DAYS_LIMIT - 1)
    if since is None or not earliest <= since <= last:
        since = last - timedelta(days=PERIODS[0] - 1)
    return since, last + timedelta(days=1)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year >= 2000 else None


def _has_live(acquirer: Acquirer) -> bool:
    rows = PartnerAccount.objects.filter(acquirer=acquirer, livemode=True, is_active=True)
    return rows.exists()


def _find(rows: Any, public_id: str) -> Any:
    try:
        return rows.filter(id=decode(rows.model.PREFIX, public_id)).first()
    except InvalidId:
        return None
