"""The rows of a file under its columns' names: read by name, in any of the known layouts."""

from collections.abc import Iterator, Sequence

from settlement.scheme_files.cells import Row
from settlement.scheme_files.refusal import FileRefused


def columns_of(line: str, number: int, layouts: Sequence[Sequence[str]]) -> list[str]:
    """The names of the columns: exactly one of the layouts. Raises FileRefused."""
    names = [name.strip() for name in line.split("|")]
    if any(names == list(layout) for layout in layouts):
        return names
    layout = max(layouts, key=len)
    for index, expected in enumerate(layout):
        found = names[index] if index < len(names) else ""
        if found != expected:
            reason = f"the column is called {found[:40]!r}" if found else "the column is missing"
            raise FileRefused(reason, line=number, column=expected)
    raise FileRefused(f"{len(names)} columns, where there are {len(layout)}", line=number)


def rows_of(lines: Sequence[str], columns: Sequence[str], first: int) -> Iterator[Row]:
    """Each line as a row; ``first`` is the number of the first. Raises FileRefused by the line."""
    for number, line in enumerate(lines, first):
        cells = line.split("|")
        if len(cells) != len(columns):
            reason = f"{len(cells)} cells, where there are {len(columns)} columns"
            raise FileRefused(reason, line=number)
        yield Row(number, dict(zip(columns, cells, strict=True)))
