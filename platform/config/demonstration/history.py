"""A shop's weeks before today, their books closed: ``python -m config.demonstration.history``.

It reads one JSON object from the standard input and prints one a line: ``{"done": 30, "of": 840}``
while it works, at the end ``{"told": …}``. Its only reader is the process that started it.
"""

import json
import secrets
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from demo.shop import play_days
from demo.simulator import Simulator

if TYPE_CHECKING:
    from merchants.models import Merchant

ZONE = ZoneInfo("Asia/Hong_Kong")  # its day is Beijing's
SALES_A_DAY, MEMBERS, SEED = 14, 40, 2026
PLANTED = "amount"
_GOES_ON = timedelta(days=30)  # campaigns
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """Whose past is written, and where Alipay's simulator is."""

    api_key: str
    store: str
    terminal: str
    partner_id: str
    sandbox_url: str
    days: int


def main() -> int:
    """Write the past and tell of it; one that is there already is only told of."""
    import django

    django.setup()
    print(json.dumps({"told": tell(Asked(**json.load(sys.stdin)))}), flush=True)
    return 0


def tell(asked: Asked) -> dict[str, Any]:
    """What the weeks came to, how yesterday was closed, and how the money moved."""
    from config.demonstration.account import tell_of_books, tell_of_day, tell_of_weeks
    from config.demonstration.account_of_money import tell_of_money
    from config.demonstration.books import reconcile, settle_days
    from config.demonstration.money import hear_from_bank, pay_out, write_down
    from config.demonstration.past import find_shop
    from kernel import clock

    _, merchant = find_shop(asked.api_key)
    today = clock.now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    first, yesterday = today - timedelta(days=asked.days), today - _DAY
    with Simulator(asked.sandbox_url, asked.partner_id, heard=lambda answer: None) as simulator:
        if not _is_played(merchant):
            _play(asked, simulator, first, today)
            _have_files_made(merchant, simulator, yesterday)
        reconcile(merchant, (yesterday - _DAY).date())
        run = reconcile(merchant, yesterday.date())
        settle_days(merchant, first.date(), yesterday.date())
        sent = pay_out(merchant, today.date())
        hear_from_bank(merchant, simulator, sent, yesterday.date(), today.date())
    journal, export = write_down(merchant, first.date(), yesterday.date())
    return {
        **tell_of_weeks(merchant, first, today),
        **tell_of_books(merchant),
        **tell_of_day(merchant, run, yesterday),
        **tell_of_money(merchant, yesterday.date(), journal, export),
    }


def _is_played(merchant: "Merchant") -> bool:
    from config.demonstration.club import is_open
    from tenancy.scope import tenant_scope

    with tenant_scope(merchant.acquirer_id):
        return is_open(merchant)


def _play(asked: Asked, simulator: Simulator, first: datetime, today: datetime) -> None:
    from config.demonstration.books import open_books
    from config.demonstration.club import Club
    from config.demonstration.figures import count_figures
    from config.demonstration.money import open_paying_account
    from config.demonstration.past import Past, find_shop
    from kernel import clock, ids
    from kernel.clock import ManualClock, using_clock
    from tenancy.scope import acting, tenant_scope

    principal, merchant = find_shop(asked.api_key)
    with tenant_scope(merchant.acquirer_id), acting("demo"), using_clock(ManualClock(first)):
        open_books(merchant, first_day=first.date(), at=clock.now())
        open_paying_account(merchant)
        club = Club.open(merchant, at=first, until=today + _GOES_ON)
    sales = list(
        play_days(
            seed=SEED, first_day=first, days=(today - first).days, sales_a_day=SALES_A_DAY,
            members=MEMBERS,
        )
    )  # fmt: skip
    store, terminal = ids.decode("str", asked.store), ids.decode("trm", asked.terminal)
    past = Past(principal, club, store, terminal, simulator, first, today - 2 * _DAY)
    past.play(sales, _say)
    count_figures(first, sales)


def _have_files_made(merchant: "Merchant", simulator: Simulator, yesterday: datetime) -> None:
    """Alipay writes its files: yesterday's transactions with one row that is not as it was, and the
    settlement of the day before. We are told where."""
    from config.demonstration.books import say_where_files_lie

    password = secrets.token_urlsafe(18)
    simulator.agree(password)
    simulator.plant_break(PLANTED, yesterday.date())
    simulator.make_file("transaction", (yesterday - _DAY).date())
    simulator.make_file("transaction", yesterday.date())
    simulator.make_file("settlement", yesterday.date())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "password"
        file.write_text(password)
        say_where_files_lie(merchant, simulator, str(file))


def _say(done: int, of: int) -> None:
    print(json.dumps({"done": done, "of": of}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
