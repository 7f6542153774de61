"""A page of A4 that is written from the top: texts in two scripts, amounts, rules, page numbers."""

import zlib
from collections.abc import Callable
from pathlib import Path

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from settlement.compression import LEVEL
from settlement.files.fonts import fonts_of, show, width_of
from settlement.files.statement import Statement, show_amount

# Pages are compressed, and stay bytes: as letters they are a quarter longer, and take their time.
rl_config.useA85 = 0


class _Quick(pdfdoc.PDFStreamFilterZCompress):  # type: ignore[misc]  # reportlab has no types
    """What a page is compressed by: reportlab has no setting for the level."""

    def encode(self, text: str | bytes) -> bytes:
        return zlib.compress(text.encode() if isinstance(text, str) else text, LEVEL)


pdfdoc.PDFZCompress = _Quick()
LEFT, RIGHT, TOP, BOTTOM = 48.0, A4[0] - 48, A4[1] - 56, 64.0
Color = tuple[float, float, float]
GREY, INK, ACCENT = (0.42, 0.45, 0.5), (0.1, 0.12, 0.16), (0.05, 0.36, 0.75)


class Sheet:
    """Pages of A4. The same texts make the same bytes."""

    def __init__(self, path: Path, statement: Statement, *, name: str, title: str) -> None:
        self._statement, self._name, self._page = statement, name, 0
        self._digits = statement.digits
        self._canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(statement.acquirer_name)
        self._fonts = fonts_of(self._canvas)
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

    def _text(
        self,
        x: float,
        text: str,
        *,
        size: int,
        color: Color = INK,
        bold: bool = False,
        to_right: bool = False,
    ) -> None:
        """Write at ``x``, or up to it."""
        if not text:
            return
        font = self._fonts.bold if bold else self._fonts.plain
        start = x - width_of(text, size, bold=bold) if to_right else x
        self._canvas._code.append(
            f"{ink(color)} BT {font} {size} Tf {start:.2f} {self._y:.2f} Td"
            f" {show(text, size, self._fonts, bold=bold)} ET"
        )


def ink(color: Color) -> str:
    """The code that chooses it."""
    red, green, blue = color
    return f"{red} {green} {blue} rg"
