"""What a file of an export can do, of whatever kind it is."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Generic, Self, TypeVar

from psycopg import Copy

from settlement.exports.columns import Column

Row = TypeVar("Row")


class Sink(ABC, Generic[Row]):
    """A file that takes ``AT_ONCE`` rows at a time of a COPY in the form ``COPY_AS``."""

    COPY_AS: str
    AT_ONCE: int

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def cell_of(self, column: Column) -> str:
        """The SQL of its cells."""

    @abstractmethod
    def rows_of(self, copy: Copy) -> Iterator[Row]:
        """What ``write`` takes."""

    @abstractmethod
    def id_of(self, row: Row) -> str | None:
        """What stands in its first cell."""

    @abstractmethod
    def write(self, rows: Sequence[Row]) -> None:
        """Behind what is there."""

    @abstractmethod
    def close(self) -> None:
        """Write the rest."""

    @abstractmethod
    def sha256(self) -> str:
        """Of the closed file, in hexadecimal."""
