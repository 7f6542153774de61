"""A page of A4 that is written from the top: texts in two scripts, amounts, rules, page numbers."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from settlement.files.statement import Statement, show_amount

# Pages are compressed, and stay bytes: as letters they are a quarter longer, and take their time.
rl_config.useA85 = 0
CHINESE, _PLAIN, _BOLD = "STSong-Light", "Helvetica", "Helvetica-Bold"
LEFT, RIGHT, TOP, BOTTOM = 48.0, A4[0] - 48, A4[1] - 56, 64.0
_ESCAPED = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)"})
GREY, INK, ACCENT = (0.42, 0.45, 0.5), (0.1, 0.12, 0.16), (0.05, 0.36, 0.75)
_IN_INK = "{} {} {} rg".format(*INK)


class Sheet:
    """Pages of A4. Chinese is set in a font that every reader of PDF brings along.

    The same texts make the same bytes.
    """

    def __init__(self, path: Path, statement: Statement, *, name: str, title: str) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
        self._statement, self._name, self._page = statement, name, 0
        self._digits = statement.digits
        self._canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(statement.acquirer_name)
        self._plain, self._bold = map(self._canvas._doc.getInternalFontName, (_PLAIN, _BOLD))
        self._rows: dict[tuple[int, ...], str] = {}
        self._written: dict[str, tuple[list[str], float]] = {}
        self._begin_page()

    def _save(self) -> None:
        self._canvas.showPage()
        self._canvas.save()

    def _begin_page(self) -> None:
        self._page += 1
        self._y = 36.0
        self._text(RIGHT, f"Page {self._page}", size=8, color=GREY, to_right=True)
        self._again(self._write_foot)
        self._y = TOP

    def _write_foot(self) -> None:
        self._text(LEFT, self._name, size=8, color=GREY)

    def _rule(self) -> None:
        self._canvas.setStrokeColorRGB(0.85, 0.87, 0.9)
        self._canvas.line(LEFT, self._y, RIGHT, self._y)
        self._y -= 16

    def _show(self, minor: int) -> str:
        return show_amount(minor, self._digits, ",")

    def _again(self, write: Callable[[], None]) -> None:
        """What stands alike on many pages, at the same height: worked out once."""
        code, name = self._canvas._code, write.__name__
        if name not in self._written:
            begun = len(code)
            write()
            self._written[name] = code[begun:], self._y
        else:
            piece, self._y = self._written[name]
            code += piece

    def _plain_row(
        self,
        lefts: Sequence[float],
        texts: Sequence[str],
        rights: Sequence[float],
        amounts: Sequence[str],
        *,
        size: int,
    ) -> None:
        """A line of ASCII in one piece: ``texts`` that begin at their places, ``amounts`` that end.

        Thousands of lines are written; a call of the canvas for each cell is what takes the time.
        All rows of a sheet have the same places and size; amounts as long as another row's are as
        wide.
        """
        shape = tuple([-len(amount) if amount[0] == "-" else len(amount) for amount in amounts])
        if shape not in self._rows:
            ends = zip(rights, amounts, strict=True)
            starts = [*lefts, *(right - _amount_width(amount, size) for right, amount in ends)]
            self._rows[shape] = self._row_of(starts, size)
        cells = [text.translate(_ESCAPED) for text in texts]
        self._canvas._code.append(self._rows[shape] % (f"{self._y:.2f}", *cells, *amounts))

    def _row_of(self, starts: Sequence[float], size: int) -> str:
        """The code of a row whose cells begin at ``starts``, without its height and cells."""
        moves = map(float.__sub__, starts[1:], starts)
        rest = "".join(f" {move:.2f} 0 Td (%s) Tj" for move in moves)
        return f"{_IN_INK} BT {self._plain} {size} Tf {starts[0]} %s Td (%s) Tj{rest} ET"

    def _text(
        self,
        x: float,
        text: str,
        *,
        size: int,
        color: tuple[float, float, float] = INK,
        bold: bool = False,
        to_right: bool = False,
    ) -> None:
        """Write at ``x``, or up to it: each run of characters in the font that has them."""
        if not text:
            return
        runs = _runs(text)
        if to_right:
            x -= sum(_width(run, size, bold=bold) for run in runs)
        if text.isascii():
            self._plain_text(x, text, self._bold if bold else self._plain, size, color)
            return
        self._canvas.setFillColorRGB(*color)
        for is_plain, run in runs:
            font = (_BOLD if bold else _PLAIN) if is_plain else CHINESE
            self._canvas.setFont(font, size)
            self._canvas.drawString(x, self._y, run)
            x += _width((is_plain, run), size, bold=bold)

    def _plain_text(
        self, x: float, text: str, font: str, size: int, color: tuple[float, float, float]
    ) -> None:
        ink = " ".join(map(str, color))
        self._canvas._code.append(
            f"{ink} rg BT {font} {size} Tf {x:.2f} {self._y:.2f} Td"
            f" ({text.translate(_ESCAPED)}) Tj ET"
        )


@cache
def _ascii_widths() -> list[float]:
    """Of each character of the plain font, in thousandths of its size."""
    return [pdfmetrics.stringWidth(chr(at), _PLAIN, 1000) for at in range(128)]


@lru_cache(4096)  # plans, kinds and minutes come again
def fit(text: str, width: float, size: int) -> str:
    """``text``, cut where it would be wider than ``width`` points."""
    if (
        text.isascii()
        and sum(map(_ascii_widths().__getitem__, text.encode())) * size <= width * 1000
    ):
        return text
    while text and sum(_width(run, size) for run in _runs(text)) > width:
        text = f"{text[:-2]}…" if text.endswith("…") else f"{text[:-1]}…"
    return text


def _amount_width(text: str, size: int) -> float:
    """Of an amount as ``_show`` writes it: all digits are of one width."""
    widths, marks = _ascii_widths(), text.count(",") + text.count(".")
    minus = text[0] == "-"
    digits = len(text) - marks - minus
    wide = digits * widths[ord("0")] + marks * widths[ord(".")] + minus * widths[ord("-")]
    return wide * size / 1000


def _runs(text: str) -> list[tuple[bool, str]]:
    """``text`` in pieces, each with whether the Latin fonts have its characters."""
    if text.isascii():
        return [(True, text)]
    runs: list[tuple[bool, str]] = []
    for character in text:
        is_plain = ord(character) < 0x100 or character in "•…"
        if runs and runs[-1][0] == is_plain:
            runs[-1] = (is_plain, runs[-1][1] + character)
        else:
            runs.append((is_plain, character))
    return runs


def _width(run: tuple[bool, str], size: int, *, bold: bool = False) -> float:
    font = (_BOLD if bold else _PLAIN) if run[0] else CHINESE
    width: float = pdfmetrics.stringWidth(run[1], font, size)
    return width
