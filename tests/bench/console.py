"""``make bench ARGS=--console``: every page of the console over a million payments."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.scratch import scratch_database

PAYMENTS, QUICK_PAYMENTS = 1_000_000, 20_000
MS_LIMIT, QUERIES_LIMIT = 300, 30
_CALLS = 3
_OVERVIEWS = tuple(
    f"/admin/?{each}" for each in ("period=7d", "period=7d&mode=live", "period=yesterday&mode=live")
)
_COUNTED_DAYS = 15  # a week on the overview, and the week before beside it
# The overview, lists, rows and forms; not what only asks whether, sends files or looks back.
_MEASURED = ("index", "changelist", "_change", "_add", "live")


@dataclass(frozen=True)
class Page:
    """One page: its median time and its queries."""

    path: str
    status: int
    p50_ms: float
    queries: int

    @property
    def is_slow(self) -> bool:
        return self.p50_ms > MS_LIMIT or self.queries > QUERIES_LIMIT


def measure_console(*, quick: bool, console: Console, say: Callable[[str], None]) -> int:
    """Load, look at each page, print the table; 1 if a page did not answer."""
    with scratch_database(say) as url:
        pages = list(_measured(url, QUICK_PAYMENTS if quick else PAYMENTS, say))
    _show(pages, console)
    return 1 if any(page.status >= 500 for page in pages) else 0


def _measured(url: str, count: int, say: Callable[[str], None]) -> Iterator[Page]:
    from django.db import connection
    from django.test import Client

    from kernel import clock
    from portal.services.roll_up import recount
    from tests.bench.crowd import load
    from tests.bench.market import make_market, new_private_key
    from tests.tenancy.walk.furnish import furnish

    market = {"gateway_url": "http://127.0.0.1:9", "alipay_key": new_private_key(2048)}
    make_market("console", acquirers=3, merchants=40, **market)  # type: ignore[arg-type]
    world = furnish("CROWD")
    say(f"loading {count:,} payments")
    load(url, count, busiest=world.person.store.pk)
    connection.close()
    say("counting the figures")
    now = clock.now()
    recount(now - timedelta(days=_COUNTED_DAYS), now)
    client = Client()
    client.force_login(world.staff, "tenancy.authentication.PasswordBackend")
    paths = _paths(world)
    for path in dict.fromkeys([*paths, *_links(client, [*_OVERVIEWS, *paths])]):
        say(path)
        yield _look(client, path)


def _paths(world: Any) -> list[str]:
    from payments.models import Payment
    from tenancy.scope import platform_scope
    from tests.tenancy.walk.addresses import every_address

    with platform_scope():
        rows = Payment.objects.filter(acquirer=world.person.acquirer)
        paid = rows.filter(status="succeeded", merchant_reference__startswith="R").first()
    assert paid is not None
    listing = "/admin/payments/payment/"
    searches = ("none", paid.public_id, paid.merchant_reference, paid.scheme_transaction_id)
    narrowed = (
        *("p=20", "status=failed", "status=canceled", "status=processing", "livemode__exact=0"),
        *("day_from=2026-01-01", "day_from=2026-01-01&status=failed"),
        *(f"q={each}" for each in searches),
    )
    events = ("type=break.opened", f"q={paid.public_id}", "p=20")
    return [
        *(page.fill(world) for page in every_address() if page.name.endswith(_MEASURED)),
        f"{listing}{paid.pk}/change/",
        *(f"{listing}?{each}" for each in narrowed),
        *(f"/admin/events/event/?{each}" for each in events),
        *_OVERVIEWS,
    ]


def _links(client: Any, paths: list[str]) -> Iterator[str]:
    """The narrowed lists to which the overviews and a merchant's page lead."""
    for path in paths:
        if path in _OVERVIEWS or path.startswith("/admin/merchants/merchant/"):
            page = client.get(path).content.decode()
            yield from map(unescape, re.findall(r'href="(/admin/\w+/\w+/\?[^"]*=[^"]*)"', page))


def _look(client: Any, path: str) -> Page:
    from django.db import connection

    queries = 0

    def count(execute: Any, *told: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*told)

    with connection.execute_wrapper(count):  # and warms the caches
        answer = client.get(path)
    times = []
    for _ in range(_CALLS):
        begun = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - begun) * 1000)
    return Page(path, answer.status_code, statistics.median(times), queries)


def _show(pages: list[Page], console: Console) -> None:
    table = Table(title=f"Pages of the console; limits {MS_LIMIT} ms and {QUERIES_LIMIT} queries")
    table.add_column("page")
    for name in ("p50 ms", "queries"):
        table.add_column(name, justify="right")
    pages = [page for page in pages if page.status == 200]
    for page in sorted(pages, key=lambda page: -page.p50_ms):
        style = "yellow" if page.is_slow else None
        row = (f"{page.p50_ms:.0f}", str(page.queries))
        table.add_row(page.path, *row, style=style)
    slow = sum(page.is_slow for page in pages)
    table.caption = (
        f"{len(pages)} pages shown, {slow} above a limit; median "
        f"{statistics.median(page.p50_ms for page in pages):.0f} ms, slowest "
        f"{max(page.p50_ms for page in pages):.0f} ms."
    )
    console.print(table)
