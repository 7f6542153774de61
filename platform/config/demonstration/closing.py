"""The last two chapters: a shop's weeks are played, then its yesterday's books are closed."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import IO, Any

from rich.console import Console

from config import env
from config.demonstration.stage import StageError, environment
from config.supervisor import Supervisor
from demo.checks import Check, same
from demo.screen import Voice, bars_on
from demo.stage import Stage
from demo.verdict import Verdict
from kernel.money import Money

WEEKS = "A shop's weeks are there to look at"
YESTERDAY = "Yesterday is reconciled and settled"
DAYS = 28
_HISTORY = "config.demonstration.history"
_MOST_SECONDS = 600.0  # a machine that is slower than this plays nothing
_DUE_SECONDS = 20.0
_STATEMENT = ("digests", "fee_invoice", "statement_csv", "statement_pdf", "statement_xlsx")


def play_closing(
    system: Supervisor, stage: Stage, console: Console, *, number: int = 1, days: int = DAYS
) -> list[Verdict]:
    """Play ``days`` days of sales before today and close the last; ``number`` is the first title's.

    Raises StageError if the past could not be written.
    """
    with bars_on(console) as bars:
        voice = Voice(console, bars)
        voice.title(f"{number}. {WEEKS}")
        told = _play(system, stage, voice, days)
        weeks = Verdict(WEEKS, tuple(_tell_weeks(voice, told)))
        voice.judged(weeks)
        voice.title(f"{number + 1}. {YESTERDAY}")
        yesterday = Verdict(YESTERDAY, tuple(_tell_yesterday(voice, told, stage.web_url)))
        voice.judged(yesterday)
    return [weeks, yesterday]


def _play(system: Supervisor, stage: Stage, voice: Voice, days: int) -> dict[str, Any]:
    """In a process of its own, whose clock is set back: this one's is not."""
    asked = {
        "api_key": stage.api_key,
        "store": stage.store,
        "terminal": stage.terminal,
        "partner_id": stage.partner_id,
        "sandbox_url": stage.sandbox_url,
        "days": days,
    }
    began = monotonic()
    with voice.wait("sales", _DUE_SECONDS) as waiting, _started(system, asked) as lines:
        for line in lines:
            said: dict[str, Any] = json.loads(line)
            if "told" in said:
                told: dict[str, Any] = said["told"]
                return told
            quarter = said["done"] * 4 // said["of"]
            waiting.tell(monotonic() - began, f"{quarter * 25} % played")
    raise StageError("The shop's weeks could not be played: nothing was told.")


@contextmanager
def _started(system: Supervisor, asked: dict[str, Any]) -> Iterator[IO[str]]:
    """What the process prints, line by line; raises StageError with its last words if it fails."""
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(  # noqa: S603
            (sys.executable, "-m", _HISTORY),
            cwd=env.BASE_DIR,
            env=environment(system),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        limit = Timer(_MOST_SECONDS, process.kill)
        limit.start()
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101 - so is this
        try:
            process.stdin.write(json.dumps(asked))
            process.stdin.close()
            yield process.stdout
        finally:
            limit.cancel()
            process.stdout.close()
            if process.wait(timeout=_DUE_SECONDS):
                complaints.seek(0)
                said = complaints.read()[-3000:]
                raise StageError(f"The shop's weeks could not be played.\n{said}")


def _tell_weeks(voice: Voice, told: dict[str, Any]) -> Iterator[Check]:
    voice.say(
        f"{told['payments']} payments, {told['refunds']} refunds, {told['members']} members, "
        f"{told['coupons']} coupons redeemed, {told['rules']} rules learnt"
    )
    yield same("faults of the books", 0, told["books_faults"])
    yield same("faults of the points", 0, told["points_faults"])
    for what in ("members", "coupons", "refunds", "rules", "failed"):
        yield same(f"{what}, some", True, told[what] > 0)


def _tell_yesterday(voice: Voice, told: dict[str, Any], web_url: str) -> Iterator[Check]:
    file, batch = told["file"], told["batch"]
    voice.say(f"{file['name']}: {told['rows']} rows, fetched over SFTP")
    yield same("fetched over", "sftp", file["source"])
    yield same("rows", told["ours"], told["rows"])
    yield same("breaks", "amount", ", ".join(each["kind"] for each in told["breaks"]))
    for each in told["breaks"]:
        yield _tell_break(voice, each, web_url)
    paid = _money(batch["paid_out"], "HKD")
    voice.say(f"settled: {batch['lines']} lines, {paid} to be paid out  {web_url}{batch['path']}")
    yield same("settled", "paid_out", batch["outcome"])
    yield same("files", ", ".join(_STATEMENT), ", ".join(sorted(_kinds(told))))
    for each in told["files"]:
        voice.say(f"{each['name']}  {each['path']}")
        found = hashlib.sha256(Path(each["path"]).read_bytes()).hexdigest()
        yield same(f"SHA-256 of {each['kind']}", each["sha256"], found)


def _tell_break(voice: Voice, each: dict[str, Any], web_url: str) -> Check:
    ours, theirs = each["ours"], each["theirs"]
    voice.say(
        f"a break: {each['payment']} is {_money(ours['amount'], ours['currency'])} here, and "
        f"{_money(theirs['amount'], theirs['currency'])} in line {each['line']} of Alipay's file"
    )
    voice.say(f"look at it: {web_url}{each['path']}")
    return same("planted, minor units", 1, theirs["amount"] - ours["amount"])


def _kinds(told: dict[str, Any]) -> Iterator[str]:
    return (each["kind"] for each in told["files"])


def _money(minor: int, currency: str) -> str:
    return str(Money(minor, currency))
