"""A report as a file: CSV for people, Parquet for programs. Amounts are in whole currency units."""

import csv
import io
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from kernel.cells import as_text
from kernel.currencies import minor_digits
from kernel.money import Money
from portal.insights.answer import Answer
from portal.insights.report import BASIS, Kind, Value

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
Cell = str | int | date | Decimal | None
_PLAIN = {Kind.TEXT: "VARCHAR", Kind.WORD: "VARCHAR", Kind.DAY: "DATE", Kind.NUMBER: "BIGINT"}
# One thread and little memory: a report has few rows. Nothing is fetched from anywhere.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "128MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def file_name(answer: Answer, form: str) -> str:
    """What it is called when it is taken away."""
    ask = answer.ask
    return f"{answer.report.name}-{ask.currency or 'none'}-{ask.since}-{ask.until}.{form}"


def write(answer: Answer, form: str) -> bytes:
    """The file; ``form`` is one of CONTENT_TYPES. An amount has a column ``currency`` beside it."""
    names = [column.name for column in answer.report.columns] + ["currency"]
    rows = [
        [
            *(_cell(value, column.kind, answer.ask.currency)
              for column, value in zip(answer.report.columns, row, strict=True)),
            answer.ask.currency,
        ]
        for row in answer.rows
    ]  # fmt: skip
    if form == "csv":
        return _csv(names, rows)
    digits = minor_digits(answer.ask.currency) if answer.ask.currency else 2
    kinds = _PLAIN | {Kind.MONEY: f"DECIMAL(20, {digits})", Kind.SHARE: "DECIMAL(6, 4)"}
    types = [kinds[column.kind] for column in answer.report.columns] + ["VARCHAR"]
    return _parquet(names, types, rows)


def _cell(value: Value, kind: Kind, currency: str) -> Cell:
    if value is not None and kind is Kind.MONEY:
        return Money(int(str(value)), currency).to_decimal()
    if value is not None and kind is Kind.SHARE:
        return Decimal(str(value)) / BASIS
    return value


def _csv(names: list[str], rows: list[list[Cell]]) -> bytes:
    """UTF-8 with the mark that tells spreadsheets so; no text is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows(
        ["" if cell is None else as_text(cell) if isinstance(cell, str) else cell for cell in row]
        for row in rows
    )
    return text.getvalue().encode("utf-8-sig")


def _parquet(names: list[str], types: list[str], rows: list[list[Cell]]) -> bytes:
    """A column at a time: row by row the same takes a hundred times as long."""
    import duckdb  # it takes a tenth of a process's start, and few processes need it

    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in names]
    picked = ", ".join(
        f'unnest(${number}::{kind}[]) AS "{name}"'
        for number, (name, kind) in enumerate(zip(names, types, strict=True), 1)
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(":memory:", config=_CONFIG) as database,
    ):
        path = Path(folder) / "report.parquet"
        database.execute(f"CREATE TABLE report AS SELECT {picked}", columns)
        quoted = str(path).replace("'", "''")
        database.execute(f"COPY report TO '{quoted}' (FORMAT parquet)")
        return path.read_bytes()
