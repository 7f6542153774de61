"""What became of one step: right only if it compared something, and all of it agreed."""

from dataclasses import dataclass

from demo.checks import Check


@dataclass(frozen=True)
class Verdict:
    """A step's name and its comparisons."""

    name: str
    checks: tuple[Check, ...]

    @property
    def is_ok(self) -> bool:
        """A step that compared nothing has shown nothing."""
        return bool(self.checks) and all(check.is_ok for check in self.checks)


def exit_status(verdicts: list[Verdict]) -> int:
    """0 if there are steps and every one is right, else 1."""
    return 0 if verdicts and all(verdict.is_ok for verdict in verdicts) else 1
