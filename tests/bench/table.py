"""Shows a report on the terminal."""

from rich.console import Console
from rich.table import Table

from tests.bench.report import TARGETS, Flight, Report, Round


def show(report: Report, console: Console) -> None:
    """The rounds, the latencies, the books."""
    console.print(_rounds(report))
    console.print(_flights(report))
    if report.faults:
        console.print(f"[red]LAWS BROKEN[/red] in {report.payments} payments: {report.faults}")
    else:
        console.print(
            f"{report.payments:,} payments in the database: each succeeded exactly once, "
            "every transaction balances."
        )


def _rounds(report: Report) -> Table:
    table = Table(title="Throughput, Alipay at 0 ms, everything on this machine")
    names = list(report.rounds[0].cpu_ms)
    for name in ("round", "floor /s", "API /s", "ratio", "CPU ratio", "others", "floor CPU ms"):
        table.add_column(name, justify="right")
    for name in names:
        table.add_column(name, justify="right")
    for number, each in enumerate(report.rounds, 1):
        table.add_row(str(number), *_round(each))
    good = "green" if report.ratio >= TARGETS["ratio"] else "yellow"
    table.caption = (
        f"[{good}]ratio {report.ratio:.3f}[/{good}], by CPU time {report.cpu_ratio:.3f} (median "
        f"of the rounds; target {TARGETS['ratio']}). Columns of processes: CPU ms per payment."
    )
    return table


def _round(each: Round) -> list[str]:
    return [
        f"{each.floor:,.0f}",
        f"{each.api:,.0f}",
        f"{each.ratio:.3f}",
        f"{each.cpu_ratio:.3f}",
        f"{each.others:.0%}",
        f"{each.floor_cpu_ms:.2f}",
        *(f"{value:.2f}" for value in each.cpu_ms.values()),
    ]


def _flights(report: Report) -> Table:
    table = Table(title="Milliseconds added to Alipay's answer, open loop")
    names = (
        "load",
        "arriving/s",
        "Alipay ms",
        "most in flight",
        "p50",
        "p95",
        "p99",
        "max",
        "errors",
    )
    for name in names:
        table.add_column(name, justify="left" if name == "load" else "right")
    for name, flight in (("half load", report.half_load), ("in flight", report.in_flight)):
        if flight is not None:
            table.add_row(name, *_flight(flight, name.replace(" ", "_")))
    return table


def _flight(flight: Flight, name: str) -> list[str]:
    added = flight.added
    limit50, limit99 = TARGETS.get(f"{name}_p50_ms"), TARGETS[f"{name}_p99_ms"]
    return [
        f"{flight.rate:.0f}",
        f"{flight.alipay_ms:,.0f}",
        f"{flight.most_in_flight:,}",
        _judged(added.p50, f"{added.p50:.1f}", is_good=limit50 is None or added.p50 <= limit50),
        f"{added.p95:.1f}",
        _judged(added.p99, f"{added.p99:.1f}", is_good=added.p99 <= limit99),
        f"{added.worst:.1f}",
        f"{flight.errors} of {flight.sent:,}",
    ]


def _judged(_value: float, text: str, *, is_good: bool) -> str:
    return f"[green]{text}[/green]" if is_good else f"[yellow]{text}[/yellow]"
