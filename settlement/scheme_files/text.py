"""From a file's bytes to its lines, one or many at a time: UTF-8, else GB18030 (reference §6.1)."""

import codecs
import io
from collections.abc import Iterator
from typing import IO, Self

from settlement.scheme_files.refusal import FileRefused

LONGEST_BYTES = 512 * 1024 * 1024
LONGEST_LINE = 8192  # characters; a row of the documented columns has some hundreds
_CHUNK_BYTES = 1024 * 1024
_BOM = "\ufeff"
_PACKED = (b"PK\x03\x04", b"\x1f\x8b")


class Lines(Iterator[tuple[int, str]]):
    """Each line with its number, whichever way lines end; empty ones at the end do not count.

    Raises FileRefused for bytes in neither encoding before the first line comes, and for a line
    that is too long, has a NUL, or is empty in the middle.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        # Line ends are \n, \r or both: a name may hold U+2028 and others that splitlines() takes.
        self._text = io.TextIOWrapper(file, encoding=_encoding_of(file), newline=None)
        self._number = 0  # of the line that came last
        self._empty = 0  # the number of the first empty line, unless another comes after it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._file.closed:
            self._text.detach()  # else the wrapper would close the file with itself

    def __next__(self) -> tuple[int, str]:
        while line := self._text.readline(LONGEST_LINE + 2):
            if read := self._read(line):
                return read
        raise StopIteration

    def take(self, characters: int) -> str:
        """So many characters and the rest of their last line, each line with its end; as they are.

        They are to be told of with ``pass_over`` or ``each_of``.
        """
        text = self._text.read(characters)
        if text and not text.endswith("\n"):
            text += self._text.readline(LONGEST_LINE + 2)
        return text if text.endswith("\n") or not text else f"{text}\n"

    def pass_over(self, text: str) -> tuple[int, int] | None:
        """The number of ``text``'s first line, and how many lines it has: none of them empty.

        None where an empty line came before it.
        """
        if self._empty:
            return None
        first, count = self._number + 1, text.count("\n")
        self._number += count
        return first, count

    def each_of(self, text: str) -> Iterator[tuple[int, str]]:
        """The lines of ``text``. Raises FileRefused."""
        for line in text.split("\n")[:-1]:
            if read := self._read(line):
                yield read

    def _read(self, line: str) -> tuple[int, str] | None:
        self._number = number = self._number + 1
        if number == 1:
            line = line.removeprefix(_BOM)
        line = line.removesuffix("\n")
        if len(line) > LONGEST_LINE:
            raise FileRefused(f"longer than {LONGEST_LINE} characters", line=number)
        if not line:
            self._empty = self._empty or number
            return None
        if self._empty or "\0" in line:
            raise FileRefused("empty, or with a NUL", line=self._empty or number)
        return number, line


def _encoding_of(file: IO[bytes]) -> str:
    """The first encoding that the whole file is in; the file stands at its beginning again."""
    begins = file.read(4)
    if begins.startswith(_PACKED):
        raise FileRefused("packed (zip or gzip): unpack it first", line=1)
    file.seek(0)
    for encoding in ("utf-8", "gb18030"):
        wrong = _first_wrong_line(file, encoding)
        file.seek(0)
        if wrong is None:
            return encoding
    raise FileRefused("neither UTF-8 nor GB18030", line=wrong or 1)


def _first_wrong_line(file: IO[bytes], encoding: str) -> int | None:
    decoder, line, size = codecs.getincrementaldecoder(encoding)(), 1, 0
    while True:
        chunk = file.read(_CHUNK_BYTES)
        size += len(chunk)
        if size > LONGEST_BYTES:
            raise FileRefused(f"longer than {LONGEST_BYTES} bytes", line=1)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # The decoder may hold back some bytes of the chunk before: none of them ends a line.
            return line + error.object.count(b"\n", 0, error.start)
        if not chunk:
            return None
        line += chunk.count(b"\n")
