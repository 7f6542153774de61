"""What the audience sees: a line per call, a bar while something is awaited, a table at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from demo.answer import Answer
from demo.qr import draw
from demo.verdict import Verdict

_PLAIN_WIDTH = 120  # columns of a file or a pipe, which has no width of its own
_CELL_WIDTH = 28


def open_console() -> Console:
    """Standard output; colours and moving bars only where a person watches."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PLAIN_WIDTH)


class Wait:
    """Something is awaited that is due after ``due_seconds``; the bar is full then."""

    def __init__(self, voice: "Voice", what: str, due_seconds: float) -> None:
        self._voice = voice
        self._what = what
        self._said = ""
        self._due_seconds = due_seconds
        self._bars = voice.bars
        self._bar = self._bars.add_task(voice.margin + what, total=due_seconds, happening="")

    def tell(self, seconds: float, happening: str) -> None:
        """``happening`` is printed as a line of its own where no bar can move."""
        done = min(seconds, self._due_seconds)
        self._bars.update(self._bar, completed=done, happening=happening)
        if happening != self._said and not self._voice.console.is_terminal:
            self._voice.say(f"… {seconds:4.1f} s  {self._what}: {happening}")
        self._said = happening

    def end(self) -> None:
        """Take the bar away."""
        self._bars.remove_task(self._bar)


class Voice:
    """Tells one step's progress; ``name`` begins each line where several speak at once."""

    def __init__(self, console: Console, bars: Progress, *, name: str = "") -> None:
        self.console = console
        self.bars = bars
        self.margin = f"{name:>4}  " if name else "     "

    def title(self, text: str) -> None:
        """Begin a step."""
        self.console.print(f"\n[bold]{escape(text)}[/bold]")

    def say(self, text: str) -> None:
        """One line."""
        self.console.print(escape(self.margin + text), soft_wrap=True)

    def show_qr(self, text: str) -> None:
        """A QR code, black on white where there are colours."""
        for line in draw(text):
            self.console.print(Text(self.margin) + Text(line, style="black on white"))
        self.say(text)

    def heard(self, answer: Answer) -> None:
        """One call and its answer."""
        took = (
            f"{answer.seconds * 1000:.0f} ms" if answer.seconds < 1 else f"{answer.seconds:.1f} s"
        )
        call = f"{answer.method} {answer.path}"
        self.say(f"→ {call}  {answer.status}{_word(answer)}  {took}")

    def judged(self, verdict: Verdict) -> None:
        """How a step went; each comparison that differs has a line of its own."""
        good = [check for check in verdict.checks if check.is_ok]
        mark = "[green]✓[/green]" if verdict.is_ok else "[bold red]✗[/bold red]"
        told = f"as told: {len(good)} of {len(verdict.checks)} comparisons"
        self.console.print(f"{self.margin}{mark} {told}", soft_wrap=True)
        for check in verdict.checks:
            if not check.is_ok:
                wrong = f"✗ {check.what}: {check.seen}, expected {check.expected}"
                self.console.print(f"{self.margin}[red]{escape(wrong)}[/red]", soft_wrap=True)

    @contextmanager
    def wait(self, what: str, due_seconds: float) -> Iterator[Wait]:
        """A bar for something that should not take longer than ``due_seconds``."""
        waiting = Wait(self, what, due_seconds)
        try:
            yield waiting
        finally:
            waiting.end()


@contextmanager
def bars_on(console: Console) -> Iterator[Progress]:
    """A place for moving bars below the printed lines; none where no person watches."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TimeElapsedColumn(),
        TextColumn("{task.fields[happening]}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as it:
        yield it


@dataclass(frozen=True)
class Words:
    """How a table is headed, and what it calls a step that went right or wrong."""

    title: str
    right: str
    wrong: str
    sum: str

    def mark(self, *, is_ok: bool) -> str:
        """The word in its colour."""
        return f"[green]{self.right}[/green]" if is_ok else f"[bold red]{self.wrong}[/bold red]"


STORY_WORDS = Words("The story", right="ok", wrong="NO", sum="as told")
ACCEPTANCE_WORDS = Words("Alipay's acceptance cases", right="passed", wrong="FAILED", sum="passed")


def print_table(console: Console, words: Words, verdicts: Sequence[Verdict]) -> None:
    """The closing table: step, expected, seen, ok, with a line per comparison; and the sum."""
    table = Table(title=words.title, title_justify="left")
    table.add_column("step", no_wrap=True)
    for column in ("expected", "seen"):
        table.add_column(column, no_wrap=True, max_width=_CELL_WIDTH)  # told in full before
    table.add_column("ok")
    for verdict in verdicts:
        name = f"[bold]{escape(verdict.name)}[/bold]"
        table.add_row(name, "", "", words.mark(is_ok=verdict.is_ok))
        for check in verdict.checks:
            cells = (f"  {check.what}", check.expected, check.seen)
            wrong = "" if check.is_ok else words.mark(is_ok=False)
            table.add_row(*map(escape, cells), wrong)
        table.add_section()
    good = sum(verdict.is_ok for verdict in verdicts)
    console.print()
    console.print(table)
    console.print(f"{good} of {len(verdicts)} {words.sum}.")


def _word(answer: Answer) -> str:
    """The one word of the body that matters to the till: the status, or the problem's code."""
    word = answer.body.get("status")
    word = answer.body.get("code") if answer.status >= 400 else word
    return f" {word}" if isinstance(word, str) else ""
