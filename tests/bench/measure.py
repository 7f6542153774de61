"""The order of the measurement: floor and API take turns, then half load, then many in flight."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

from config import env
from tests.bench.cpu import cpu_seconds, machine_seconds, share_of_others, spent
from tests.bench.floor import Floor
from tests.bench.generator import Load, Measured
from tests.bench.market import Market
from tests.bench.plan import Plan
from tests.bench.report import Flight, Report, Round, latency, per_payment_ms
from tests.bench.system import System

_CARRIED = 0.75  # of the throughput


@dataclass(frozen=True)
class Bench:
    """What there is to measure. ``families`` are the leaders whose CPU time is counted."""

    plan: Plan
    floor: Floor
    system: System
    quick_market: Market  # Alipay answers at once
    slow_market: Market  # Alipay takes plan.alipay_seconds
    families: dict[str, int]
    say: Callable[[str], None]


def measure(bench: Bench, report: Report) -> None:
    """Fill ``report`` in."""
    _warm_up(bench)
    for number in range(bench.plan.rounds):
        report.rounds.append(_round(bench, number))
    throughput = median(each.api for each in report.rounds)
    report.half_load = _half_load(bench, throughput / 2)
    report.in_flight = _in_flight(bench, throughput)


def _warm_up(bench: Bench) -> None:
    """Every worker parses every key and makes every ledger account; connections are opened."""
    bench.say("warming up")
    load = Load(bench.system.port, bench.quick_market.tills, seconds=1.5, label="warm", warm_up=0.5)
    _generate(bench, load)


def _round(bench: Bench, number: int) -> Round:
    plan = bench.plan
    bench.say(f"round {number + 1} of {plan.rounds}: the database's floor")
    floor = bench.floor.measure(
        seconds=plan.floor_seconds,
        clients=plan.clients,
        postgres=bench.families.get("PostgreSQL"),
    )
    bench.say(f"round {number + 1} of {plan.rounds}: floor {floor.rate:,.0f}/s, now the API")
    load = Load(
        bench.system.port,
        bench.quick_market.tills,
        seconds=plan.api_seconds,
        label=f"closed{number}",
        connections=plan.clients,
    )
    machine, before = machine_seconds(), cpu_seconds(bench.families)
    measured = _generate(bench, load)
    used = spent(before, cpu_seconds(bench.families)) | {"generator": measured.cpu_seconds}
    others = share_of_others(machine, machine_seconds(), sum(used.values()))
    if measured.errors:
        raise RuntimeError(f"the API did not answer as it must: {measured.statuses}")
    return Round(
        floor=floor.rate,
        api=measured.counted / measured.counted_seconds,
        cpu_ms=per_payment_ms(used, measured.sent),
        floor_cpu_ms=floor.cpu_ms,
        others=others,
    )


def _half_load(bench: Bench, rate: float) -> Flight:
    bench.say(f"half load: {rate:.0f} payments/s arriving")
    load = Load(
        bench.system.port,
        bench.quick_market.tills,
        seconds=bench.plan.half_load_seconds,
        label="half",
        rate=rate,
    )
    return _flight(load, _generate(bench, load), alipay_seconds=0.0)


def _in_flight(bench: Bench, throughput: float) -> Flight:
    """What arrives is bounded by what this machine can carry at all: else a queue is measured."""
    plan = bench.plan
    rate = min(plan.arrivals_per_second, throughput * _CARRIED)
    wanted = rate * plan.alipay_seconds
    bench.say(f"{wanted:,.0f} in flight while Alipay takes {plan.alipay_seconds:.0f} s")
    load = Load(
        bench.system.port,
        bench.slow_market.tills,
        seconds=plan.alipay_seconds + plan.hold_seconds,
        warm_up=0.0,
        label="flight",
        rate=rate,
    )
    return _flight(load, _generate(bench, load), alipay_seconds=plan.alipay_seconds)


def _flight(load: Load, measured: Measured, *, alipay_seconds: float) -> Flight:
    alipay_ms = alipay_seconds * 1000
    return Flight(
        rate=load.rate,
        alipay_ms=alipay_ms,
        sent=measured.sent,
        errors=measured.errors,
        statuses=measured.statuses,
        most_in_flight=measured.most_in_flight,
        added=latency(measured.latencies, alipay_ms=alipay_ms),
    )


def _generate(bench: Bench, load: Load) -> Measured:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.generator"],
        input=json.dumps(asdict(load)),
        cwd=env.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
        timeout=load.warm_up + load.seconds + load.grace + 30,
        check=True,
    )
    bench.system.check()
    return Measured(**json.loads(done.stdout))
