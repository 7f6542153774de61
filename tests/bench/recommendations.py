"""``make bench ARGS=--recommendations``: baskets in, rules learnt, offers out at the till."""

import itertools
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.scratch import scratch_database

BASKETS, QUICK_BASKETS = 200_000, 10_000
_PRODUCTS = 3000
_CALLS = 1000
_MS_LIMIT = 20
_START = datetime(2026, 1, 1, tzinfo=UTC)


def measure_recommendations(*, quick: bool, console: Console, say: Callable[[str], None]) -> int:
    """Load, learn, ask; 1 if a call was refused."""
    with scratch_database(say):
        rows, refused = _measured(QUICK_BASKETS if quick else BASKETS, say)
    table = Table("what", "figure", title="Recommendations")
    for what, figure in rows:
        table.add_row(what, figure)
    console.print(table)
    return 1 if refused else 0


def _measured(count: int, say: Callable[[str], None]) -> tuple[list[tuple[str, str]], int]:
    from loyalty.services.import_baskets import import_baskets
    from loyalty.services.learn import ask_rules, learn_rules
    from tenancy.scope import tenant_scope
    from tests.people import make_person

    person = make_person()
    rows = []
    say(f"importing {count:,} baskets")
    begun = time.perf_counter()
    with tenant_scope(person.acquirer.id):
        done = import_baskets(
            person.merchant, _lines(count), livemode=False, file="bench", currency="HKD"
        )
    took = time.perf_counter() - begun
    rows.append(
        ("import", f"{done.lines:,} lines in {took:.1f} s: {done.lines / took:,.0f} a second")
    )
    say("learning")
    begun = time.perf_counter()
    with tenant_scope(person.acquirer.id):
        learning = ask_rules(person.merchant, livemode=False)
        learn_rules(learning.id, acquirer_id=learning.acquirer_id)
        learning.refresh_from_db()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    rows.append(("learn", f"{learning.rule_count:,} rules in {time.perf_counter() - begun:.1f} s"))
    rows.append(("its process", f"{used.ru_utime:.1f} s of CPU, {used.ru_maxrss / 1024:.0f} MB"))
    say(f"asking {_CALLS} times")
    times, refused = _ask(person)
    times.sort()
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    rows.append(
        ("POST /v1/recommendations", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; {_MS_LIMIT} ms at most")
    )
    return rows, refused


def _ask(person: Any) -> tuple[list[float], int]:
    client, draw = person.client(), random.Random(7)
    times, refused = [], 0
    for number in range(_CALLS):
        said = {
            "merchant_reference": f"S{number}",
            "store": person.store.public_id,
            "currency": "HKD",
            "basket": sorted({_product(draw) for _ in range(draw.randint(1, 12))}),
        }
        begun = time.perf_counter()
        answer = client.post("/v1/recommendations", said, format="json")
        times.append((time.perf_counter() - begun) * 1000)
        refused += answer.status_code != 201
    return times, refused


def _lines(count: int) -> Iterator[Any]:
    """Baskets of nine lines on average; some products draw the next one."""
    from loyalty.basket_file import OldLine

    draw = random.Random(1)
    rows = itertools.count(1)
    for number in range(count):
        basket = {_product(draw) for _ in range(min(40, 1 + int(draw.expovariate(1 / 8))))}
        basket |= {f"P{int(sku[1:]) + 1}" for sku in list(basket) if draw.random() < 0.15}
        at = _START + timedelta(seconds=60 * number)
        for sku in sorted(basket):
            price = 500 + int(sku[1:])
            yield OldLine(next(rows), str(number), at, sku, f"Product {sku}", "", 1, price, price)


def _product(draw: random.Random) -> str:
    """Few sell often, most sell seldom."""
    return f"P{min(_PRODUCTS, int(draw.paretovariate(0.6)))}"
