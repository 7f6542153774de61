"""Texts of a page in two scripts: how wide they are, where they are cut, and their code.

Latin texts are set in Helvetica, Chinese in a font that every reader of PDF brings along.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

_CHINESE, _PLAIN, _BOLD = "STSong-Light", "Helvetica", "Helvetica-Bold"
_SPECIAL = "\\()"
_ESCAPED = str.maketrans({character: f"\\{character}" for character in _SPECIAL})


class Fonts(NamedTuple):
    """What a document calls them."""

    plain: str
    bold: str
    chinese: str


def fonts_of(canvas: Canvas) -> Fonts:
    """The fonts, made known to the document."""
    pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))
    return Fonts(*map(canvas._doc.getInternalFontName, (_PLAIN, _BOLD, _CHINESE)))


@lru_cache(4096)  # plans, kinds and headings come again
def show(text: str, size: int, fonts: Fonts, *, bold: bool = False) -> str:
    """The code that writes ``text`` where the pen stands; the Latin font is chosen before, and
    after."""
    if text.isascii():
        return f"({text.translate(_ESCAPED)}) Tj"
    latin = fonts.bold if bold else fonts.plain
    return " ".join(
        f"({escapePDF(run.encode('cp1252', 'replace'))}) Tj"
        if is_latin
        else f"{fonts.chinese} {size} Tf ({_chinese().formatForPdf(run)}) Tj {latin} {size} Tf"
        for is_latin, run in _runs(text)
    )


def show_all(column: Sequence[str], size: int, fonts: Fonts) -> list[str]:
    """The same of many in the plain font."""
    joined = "".join(column)
    if joined.isascii() and not any(character in joined for character in _SPECIAL):
        return [f"({text}) Tj" for text in column]
    return [show(text, size, fonts) for text in column]


def width_of(text: str, size: int, *, bold: bool = False) -> float:
    """In points."""
    return sum(_width(run, size, bold=bold) for run in _runs(text))


def amount_width(characters: int, digits: int, size: int) -> float:
    """Of any amount with commas that has so many characters, and ``digits`` decimals; below zero
    for one with a minus. All digits are of one width."""
    length, minus = abs(characters), int(characters < 0)
    whole = length - minus - (digits + 1 if digits else 0)
    marks = whole // 4 + (1 if digits else 0)  # commas, and the point: as wide
    digit, mark, dash = map(_ascii_widths().__getitem__, map(ord, "0.-"))
    return ((length - minus - marks) * digit + marks * mark + minus * dash) * size / 1000


@lru_cache(4096)
def fit(text: str, width: float, size: int) -> str:
    """``text``, cut where it would be wider than ``width`` points."""
    if text.isascii():
        wide = sum(map(_ascii_widths().__getitem__, text.encode()))
        if wide * size <= width * 1000:
            return text
    while text and width_of(text, size) > width:
        text = f"{text[:-2]}…" if text.endswith("…") else f"{text[:-1]}…"
    return text


@cache
def _ascii_widths() -> list[float]:
    """Of each character of the plain font, in thousandths of its size."""
    return [pdfmetrics.stringWidth(chr(at), _PLAIN, 1000) for at in range(128)]


@cache
def _chinese() -> UnicodeCIDFont:
    return UnicodeCIDFont(_CHINESE)


def _runs(text: str) -> list[tuple[bool, str]]:
    """``text`` in pieces, each with whether the Latin fonts have its characters."""
    if text.isascii():
        return [(True, text)]
    runs: list[tuple[bool, str]] = []
    for character in text:
        is_latin = ord(character) < 0x100 or character in "•…"
        if runs and runs[-1][0] == is_latin:
            runs[-1] = (is_latin, runs[-1][1] + character)
        else:
            runs.append((is_latin, character))
    return runs


def _width(run: tuple[bool, str], size: int, *, bold: bool = False) -> float:
    font = (_BOLD if bold else _PLAIN) if run[0] else _CHINESE
    width: float = pdfmetrics.stringWidth(run[1], font, size)
    return width
