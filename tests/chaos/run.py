"""One run: the system comes up, the tills sell through a storm, both sides' books are compared."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import requests

from config import embedded, env
from config.demonstration.stage import make_casts
from config.supervisor import Supervisor
from tests.chaos.blows import Storm
from tests.chaos.client import Client
from tests.chaos.crowd import Crowd
from tests.chaos.laws import Findings, Scene, check
from tests.chaos.network import wire
from tests.chaos.plan import Plan
from tests.chaos.receiver import Receiver, receiving
from tests.chaos.shop import Shop

Say = Callable[[str], None]
Progress = Callable[[int], None]
_LOG_BYTES = 50_000_000


@dataclass(frozen=True)
class Outcome:
    """What was done, what was found, and how long the payments took to end."""

    plan: Plan
    blows: Counter[str]
    customers: Counter[str]
    longest_cut_seconds: float
    statuses: Counter[str]
    refunds: int
    breaks: int
    webhooks: int
    given_up: int
    late_seconds: list[float]  # from the deadline to the end, of those that ended after it
    settled_seconds: float
    findings: Findings
    stories: dict[str, str]


def play(plan: Plan, data: Path, say: Say, progress: Progress) -> Outcome:
    """Raises SupervisorError where the system cannot be brought up."""
    chance = random.Random(plan.seed)
    told = {name: {"TILLGATE_CLOCK_SKEW_SECONDS": str(skew)} for name, skew in plan.skews}
    with contextlib.ExitStack() as stack:
        say("starting everything")
        system = stack.enter_context(Supervisor(data_dir=data, told=told))
        receiver = stack.enter_context(receiving(random.Random(chance.random())))
        parts = urlsplit(system.sandbox_url)
        target = (str(parts.hostname), int(parts.port or 80))
        wires = [
            stack.enter_context(wire(target, random.Random(chance.random()))) for _ in range(2)
        ]
        crowd = Crowd(system.sandbox_url, late_seconds=plan.late_seconds)
        gateways = [f"http://127.0.0.1:{each.port}" for each in wires]
        shops = open_shops(system, gateways, receiver, crowd)
        skew_sandbox(system.sandbox_url, plan.sandbox_skew_seconds)
        storm = Storm(system, wires, plan, random.Random(chance.random()))
        say("selling")
        storm.start()
        try:
            sell(plan, shops, chance, progress)
        finally:
            storm.stop()
            receiver.is_kind = True
        say("waiting for the last customers")
        crowd.go_home()
        say("waiting for the ends")
        scene = Scene(shops, system.sandbox_url, embedded.database_url(data), receiver, [])
        findings, seconds = settle(plan, scene)
        findings = check(replace(scene, logs=list(read_logs(data))))
        return summarize(plan, storm, scene, findings, seconds, system)


def open_shops(
    system: Supervisor, gateways: Sequence[str], receiver: Receiver, crowd: Crowd
) -> list[Shop]:
    """Two acquirers with two merchants each, all behind the wires."""
    shops = []
    for cast in make_casts(system, 2, sandbox_urls=gateways):
        for key in (cast["api_key"], cast["rival_api_key"]):
            client = Client(system.web_url, key)
            [store] = client.read_all("/v1/stores")
            shop = Shop(client, crowd, system.sandbox_url, cast["partner_id"], store["id"])
            receiver.secrets[shop.store] = make_endpoint(shop, receiver.url(shop.store))
            shops.append(shop)
    return shops


def make_endpoint(shop: Shop, url: str) -> str:
    """A webhook endpoint for everything; gives its secret."""
    answer = requests.post(
        f"{shop.client.web_url}/v1/webhook_endpoints",
        json={"url": url},
        headers={"Authorization": f"Bearer {shop.client.key}"},
        timeout=30,
    )
    answer.raise_for_status()
    return str(answer.json()["secret"])


def skew_sandbox(url: str, seconds: int) -> None:
    """Let Alipay's clock be off as well."""
    requests.post(
        f"{url}/control/clock", json={"advance_seconds": seconds}, timeout=30
    ).raise_for_status()


def sell(plan: Plan, shops: list[Shop], chance: random.Random, progress: Progress) -> None:
    """All tills at once; each customer's choices come from a generator of their own."""
    closing = time.monotonic() + plan.storm_seconds

    def serve(number: int, seed: float) -> None:
        if time.monotonic() < closing:
            shop = shops[number % len(shops)]
            shop.sell(plan, random.Random(seed), f"S{plan.seed}-{number}")
            progress(1)

    with ThreadPoolExecutor(plan.tills) as tills:
        work = [tills.submit(serve, number, chance.random()) for number in range(plan.payments)]
        for each in work:
            each.result()


def settle(plan: Plan, scene: Scene) -> tuple[Findings, float]:
    """Look again until nothing is wrong, or for ``settle_seconds``; how long it took."""
    began = time.monotonic()
    while True:
        try:
            findings = check(scene)
            if not findings.broken:
                return findings, time.monotonic() - began
        except (requests.RequestException, psycopg.Error):
            findings = Findings()
        if time.monotonic() - began > plan.settle_seconds:
            return findings, time.monotonic() - began
        time.sleep(2)


def read_logs(data: Path) -> Iterator[str]:
    """What every process has written."""
    for file in sorted((data / "log").glob("*.log")):
        yield file.read_bytes()[-_LOG_BYTES:].decode(errors="replace")


_LATE = """
SELECT EXTRACT(EPOCH FROM completed_at - expires_at)::float FROM payments_payment
 WHERE completed_at > expires_at
"""


def summarize(
    plan: Plan, storm: Storm, scene: Scene, findings: Findings, seconds: float, system: Supervisor
) -> Outcome:
    statuses = Counter(
        payment["status"]
        for shop in scene.shops
        for payment in shop.client.read_all("/v1/payments")
    )
    with psycopg.connect(scene.database_url) as database:
        late = [row[0] for row in database.execute(_LATE)]
        [[refunds]] = database.execute("SELECT count(*) FROM payments_refund").fetchall()
        [[breaks]] = database.execute("SELECT count(*) FROM payments_break").fetchall()
    payments = {payment for _, payment, _ in findings.broken if payment}
    return Outcome(
        plan=plan,
        blows=storm.done,
        customers=scene.shops[0].crowd.done,
        longest_cut_seconds=storm.longest_cut,
        statuses=statuses,
        refunds=refunds,
        breaks=breaks,
        webhooks=sum(scene.receiver.heard(shop.store).times for shop in scene.shops),
        given_up=sum(shop.client.gave_up for shop in scene.shops),
        late_seconds=sorted(late),
        settled_seconds=seconds,
        findings=findings,
        stories={payment: tell_story(system, payment) for payment in sorted(payments)[:10]},
    )


def tell_story(system: Supervisor, payment: str) -> str:
    """What ``manage.py payment_story`` says of it."""
    done = subprocess.run(  # noqa: S603
        (sys.executable, "manage.py", "payment_story", payment),
        cwd=env.BASE_DIR,
        env=os.environ | {"TILLGATE_DATA_DIR": str(system.data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout or done.stderr


def as_json(outcome: Outcome) -> str:
    """The run as one JSON object, to be kept."""
    shown: dict[str, Any] = {
        "seed": outcome.plan.seed,
        "payments": dict(outcome.statuses),
        "blows": dict(outcome.blows),
        "customers": dict(outcome.customers),
        "looked": dict(outcome.findings.looked),
        "broken": outcome.findings.broken,
    }
    return json.dumps(shown, indent=2)
