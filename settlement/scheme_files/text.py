"""From a file's bytes to its lines, one at a time: UTF-8, else GB18030 (reference §6.1)."""

import codecs
import io
from collections.abc import Iterator
from typing import IO

from settlement.scheme_files.refusal import FileRefused

LONGEST_BYTES = 512 * 1024 * 1024
LONGEST_LINE = 8192  # characters; a row of the documented columns has some hundreds
_CHUNK_BYTES = 1024 * 1024
_BOM = "\ufeff"


def lines_of(file: IO[bytes]) -> Iterator[tuple[int, str]]:
    """Each line with its number, whichever way lines end; empty ones at the end do not count.

    Raises FileRefused for bytes in neither encoding before the first line comes, and for a line
    that is too long, has a NUL, or is empty in the middle.
    """
    encoding = _encoding_of(file)
    # Line ends are \n, \r or both: a name may hold U+2028 and others that splitlines() would take.
    text = io.TextIOWrapper(file, encoding=encoding, newline=None)
    try:
        yield from _numbered(text)
    finally:
        if not file.closed:
            text.detach()  # else the wrapper would close the file with itself


def _numbered(text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    empty = 0  # the number of the first empty line, unless another comes after it
    for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE + 2), ""), 1):
        if number == 1:
            line = line.removeprefix(_BOM)
        line = line.removesuffix("\n")
        if len(line) > LONGEST_LINE:
            raise FileRefused(f"longer than {LONGEST_LINE} characters", line=number)
        if not line:
            empty = empty or number
            continue
        if empty or "\0" in line:
            raise FileRefused("empty, or with a NUL", line=empty or number)
        yield number, line


def _encoding_of(file: IO[bytes]) -> str:
    """The first encoding that the whole file is in; the file stands at its beginning again."""
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
