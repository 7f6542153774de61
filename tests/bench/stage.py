"""Sets the stage: people, recorded statements, the floor's copy, the running system."""

from collections.abc import Callable, Mapping
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

from tests.bench.books import read_books
from tests.bench.cpu import find_families
from tests.bench.floor import Floor, record_scripts
from tests.bench.market import make_market, new_private_key
from tests.bench.measure import Bench, measure
from tests.bench.plan import Plan
from tests.bench.report import Report
from tests.bench.scratch import Scratch
from tests.bench.system import serving, stand_in_alipay

_STAND_IN_KEY_BITS = 1024  # see stand_in.py


def measure_on_stage(
    plan: Plan,
    scratch: Scratch,
    folder: Path,
    environment: Mapping[str, str],
    say: Callable[[str], None],
) -> Report:
    """Measure against the migrated scratch database that Django is set up for."""
    report = Report()
    alipay_key = new_private_key(_STAND_IN_KEY_BITS)
    say("recording what the code sends to the database")
    with stand_in_alipay(alipay_key) as (alipay_port, alipay_pid):
        gateway = f"http://127.0.0.1:{alipay_port}/{{}}/gateway.do"
        quick = make_market("quick", gateway_url=gateway.format(0), alipay_key=alipay_key)
        slow = make_market(
            "slow",
            gateway_url=gateway.format(round(plan.alipay_seconds * 1000)),
            alipay_key=alipay_key,
            # The acquirer knows how slow its Alipay is: no query while the pay is still on its way.
            first_query_seconds=round(plan.alipay_seconds) + 5,
        )
        scripts = record_scripts(quick.tills[:4])
        connection.close()
        floor = Floor(scratch.copy_for_the_floor(), scripts, folder)
        say("starting web, worker and beat")
        with serving(environment, folder) as system:
            families = _families(system.pids | {"stand-in": alipay_pid})
            measure(Bench(plan, floor, system, quick, slow, families, say), report)
    say("checking the books")
    books = read_books(scratch.api)
    report.payments, report.faults = books.payments, books.faults
    return report


def _families(pids: dict[str, int]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
        valkey = redis.Redis.from_url(settings.REDIS_URL)
        server = valkey.info("server")["process_id"]
        valkey.close()
        return find_families(pids, postgres_backend=backend, valkey=server)
