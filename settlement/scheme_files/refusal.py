"""Why a file is refused: the line, the column and the reason, so that a person can look there."""


class FileRefused(ValueError):
    """``line`` counts from 1; ``column`` is the scheme's name, empty for the whole line."""

    def __init__(self, reason: str, *, line: int, column: str = "") -> None:
        self.reason, self.line, self.column = reason, line, column
        where = f"line {line}, {column}" if column else f"line {line}"
        super().__init__(f"{where}: {reason}")
