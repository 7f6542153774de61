"""From a file's bytes to its lines: UTF-8, else GB18030; every line whole (reference §6.1)."""

from settlement.scheme_files.refusal import FileRefused

LONGEST_BYTES = 512 * 1024 * 1024
_BOM = "\ufeff"


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises FileRefused for bytes that are neither."""
    if len(content) > LONGEST_BYTES:
        raise FileRefused(f"longer than {LONGEST_BYTES} bytes", line=1)
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding).removeprefix(_BOM), encoding
        except UnicodeDecodeError as error:
            wrong_at = error.start
    raise FileRefused("neither UTF-8 nor GB18030", line=content.count(b"\n", 0, wrong_at) + 1)


def lines_of(text: str) -> list[str]:
    """The lines, whichever way they end; empty ones at the end do not count.

    Raises FileRefused for a NUL and for an empty line in the middle.
    """
    # Not splitlines(): a name may hold U+2028 and other letters that it takes for line ends.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    if lines == [""]:
        return []
    for number, line in enumerate(lines, 1):
        if not line or "\0" in line:
            raise FileRefused("empty, or with a NUL", line=number)
    return lines
