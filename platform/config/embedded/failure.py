"""What is raised when an embedded server cannot be had."""

from pathlib import Path

_TAIL_BYTES = 4_000


class EmbeddedServerError(RuntimeError):
    """An embedded server could not be prepared, started or stopped; the text says why."""

    @classmethod
    def with_log(cls, sentence: str, log: Path) -> "EmbeddedServerError":
        """``sentence``, followed by the end of the server's own log."""
        return cls(f"{sentence}\n--- the end of {log}\n{tail(log)}")


def tail(log: Path) -> str:
    """The last few thousand bytes of ``log``; empty if there is none."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            return stream.read(_TAIL_BYTES).decode(errors="replace")
    except OSError:
        return ""
