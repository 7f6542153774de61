"""The last chapters: a shop's weeks are played, its yesterday's books closed, its money moved."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from time import monotonic
from typing import IO, Any

from rich.console import Console

from config import env
from config.demonstration.chapters import tell_money, tell_weeks, tell_yesterday
from config.demonstration.stage import StageError, environment
from config.supervisor import Supervisor
from demo.screen import Voice, bars_on
from demo.stage import Stage
from demo.verdict import Verdict

WEEKS = "A shop's weeks are there to look at"
YESTERDAY = "Yesterday is reconciled and settled"
MONEY = "The bank has the last word"
DAYS = 28
_HISTORY = "config.demonstration.history"
_MOST_SECONDS = 600.0  # a machine that is slower than this plays nothing
_DUE_SECONDS = 20.0


def play_closing(
    system: Supervisor, stage: Stage, console: Console, *, number: int = 1, days: int = DAYS
) -> list[Verdict]:
    """Play ``days`` days of sales before today, close the last and have all paid.

    ``number`` is the first title's. Raises StageError if the past could not be written.
    """
    with bars_on(console) as bars:
        voice = Voice(console, bars)
        voice.title(f"{number}. {WEEKS}")
        told = _play(system, stage, voice, days)
        verdicts = []
        for place, (name, tell) in enumerate(_CHAPTERS.items()):
            if place:
                voice.title(f"{number + place}. {name}")
            verdict = Verdict(name, tuple(tell(voice, told, stage.web_url)))
            voice.judged(verdict)
            verdicts.append(verdict)
    return verdicts


_CHAPTERS = {WEEKS: tell_weeks, YESTERDAY: tell_yesterday, MONEY: tell_money}


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
