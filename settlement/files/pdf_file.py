"""A statement as PDF, for the person who owns the shop: the sums in words, then each sale."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from settlement.files.statement import LineRow, Statement, show_amount

LINES_LIMIT = 1000  # lines; the other files have all of them
_CHINESE, _PLAIN, _BOLD = "STSong-Light", "Helvetica", "Helvetica-Bold"
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, A4[0] - 48, A4[1] - 56, 64
_GREY, _INK, _ACCENT = (0.42, 0.45, 0.5), (0.1, 0.12, 0.16), (0.05, 0.36, 0.75)
# What a sum is called, in the order in which they add up.
_SUMS = {
    "opening": ("Carried from before", "上期結轉"),
    "sales": ("Sales", "銷售"),
    "cancels": ("Canceled", "撤銷"),
    "refunds": ("Refunds", "退款"),
    "adjustments": ("Adjustments", "調整"),
    "promotions": ("Coupons and points, paid by us", "優惠及積分補貼"),
    "fees": ("Fees", "手續費"),
    "vat": ("VAT on fees", "增值稅"),
    "reserved": ("Held in reserve", "存入儲備"),
    "released": ("Released from the reserve", "釋放儲備"),
}
_ALWAYS = {"sales", "refunds", "fees", "vat"}  # the others only where they are not zero
_COLUMNS = (
    ("Time", _LEFT), ("What", _LEFT + 86), ("Your reference", _LEFT + 140), ("Gross", _RIGHT - 150),
    ("Fee + VAT", _RIGHT - 72), ("Net", _RIGHT),
)  # fmt: skip
_RIGHT_ALIGNED = {"Gross", "Fee + VAT", "Net"}
_PLACES = [(x, name in _RIGHT_ALIGNED) for name, x in _COLUMNS]
_ESCAPED = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)"})


class PdfFile:
    """Pages of A4. Chinese is set in a font that every reader of PDF brings along."""

    kind, ending, content_type = "statement_pdf", "pdf", "application/pdf"

    def __init__(self, path: Path, statement: Statement) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))
        self._statement, self._lines, self._page = statement, 0, 0
        self._zone = ZoneInfo(statement.batch.zone)
        self._canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=1)
        self._canvas.setTitle(f"Statement {statement.file_name}")
        self._canvas.setAuthor(statement.acquirer_name)
        self._begin_page()
        self._write_head()
        self._write_sums()
        self._write_columns()

    def add(self, line: LineRow) -> None:
        """Write the line, while there is room for lines at all."""
        self._lines += 1
        if self._lines > LINES_LIMIT:
            return
        if self._y < _BOTTOM:
            self._next_page()
        at = line.booked_at.astimezone(self._zone)
        self._write_cells(
            (
                at.isoformat(" ", "minutes")[:16],
                line.kind,
                self._fit(line.merchant_reference, 136, 8),
                self._show(line.gross),
                self._show(line.fee + line.vat),
                self._show(line.net),
            )
        )
        self._y -= 13

    def _write_cells(self, cells: tuple[str, ...]) -> None:
        """A line of the table: as one piece of the page where it is plain, for there are many."""
        if not all(map(str.isascii, cells)):
            for (name, x), cell in zip(_COLUMNS, cells, strict=True):
                self._text(x, cell, size=8, to_right=name in _RIGHT_ALIGNED)
            return
        shown = [
            f"1 0 0 1 {x - _ascii_width(cell, 8) if is_right else x:.2f} {self._y:.2f} Tm "
            f"({cell.translate(_ESCAPED)}) Tj"
            for (x, is_right), cell in zip(_PLACES, cells, strict=True)
        ]
        ink = "{} {} {} rg".format(*_INK)
        font = self._canvas._doc.getInternalFontName(_PLAIN)
        self._canvas._code.append(f"{ink} BT {font} 8 Tf {' '.join(shown)} ET")

    def close(self) -> None:
        """Write the last page."""
        if self._lines > LINES_LIMIT:
            more = f"… and {self._lines - LINES_LIMIT:,} more: they stand in the CSV file."
            self._text(_LEFT, more, size=8, color=_GREY)
        self._canvas.showPage()
        self._canvas.save()

    def _write_head(self) -> None:
        batch = self._statement.batch
        self._text(_LEFT, self._statement.acquirer_name, size=9, color=_GREY)
        mode = "" if batch.livemode else "TEST MONEY - no money moves"
        self._text(_RIGHT, mode, size=9, color=_ACCENT, bold=True, to_right=True)
        self._y -= 28
        self._text(_LEFT, "Settlement statement  結算單", size=20, bold=True)
        self._y -= 22
        self._text(_LEFT, self._fit(self._statement.merchant_name, 480, 12), size=12)
        self._y -= 17
        first, last = batch.first_day, batch.business_date
        days = f"{last}" if first == last else f"{first} to {last}"
        said = f"{days}, {batch.zone}  ·  {batch.currency}  ·  No. {batch.number}"
        self._text(_LEFT, f"{said}  ·  {batch.public_id}", size=9, color=_GREY)
        self._y -= 26

    def _write_sums(self) -> None:
        batch = self._statement.batch
        for name, words in _SUMS.items():
            minor = getattr(batch, f"{name}_minor")
            if minor or name in _ALWAYS:
                self._write_sum(words, minor)
        self._rule()
        self._write_sum(("Paid out", "轉賬金額"), -batch.paid_out_minor, size=13)
        self._text(_LEFT, self._where(), size=9, color=_GREY)
        self._y -= 18
        if batch.closing_minor:
            self._write_sum(("Carried on", "結轉下期"), batch.closing_minor)
        self._y -= 12

    def _write_sum(self, words: tuple[str, str], minor: int, size: int = 10) -> None:
        big = size > 10
        self._text(_LEFT, "  ".join(words), size=size, bold=big)
        amount = f"{self._statement.batch.currency} {self._show(minor)}"
        self._text(_RIGHT, amount, size=size, bold=big, to_right=True)
        self._y -= size + 7

    def _where(self) -> str:
        payout = self._statement.payout
        if payout is None:
            why = self._statement.batch.outcome.replace("_", " ")
            return f"Nothing is paid for this period: {why}."
        account = f"{payout.holder}, {payout.masked_number}"
        return self._fit(f"To the account of {account}, on {payout.pays_on}", 480, 9)

    def _write_columns(self) -> None:
        for name, x in _COLUMNS:
            self._text(x, name, size=8, color=_GREY, to_right=name in _RIGHT_ALIGNED)
        self._y -= 5
        self._rule()

    def _next_page(self) -> None:
        self._canvas.showPage()
        self._begin_page()
        self._write_columns()

    def _begin_page(self) -> None:
        self._page += 1
        self._y = 36.0
        self._text(_RIGHT, f"Page {self._page}", size=8, color=_GREY, to_right=True)
        self._text(_LEFT, self._statement.file_name, size=8, color=_GREY)
        self._y = _TOP

    def _rule(self) -> None:
        self._canvas.setStrokeColorRGB(0.85, 0.87, 0.9)
        self._canvas.line(_LEFT, self._y, _RIGHT, self._y)
        self._y -= 16

    def _show(self, minor: int) -> str:
        text = show_amount(minor, self._statement.digits)
        whole, point, rest = text.partition(".")
        return f"{int(whole):,}{point}{rest}" if whole != "-0" else text

    def _fit(self, text: str, width: float, size: int) -> str:
        """``text``, cut where it would be wider than ``width`` points."""
        if text.isascii() and _ascii_width(text, size) <= width:
            return text
        while text and sum(_width(run, size) for run in _runs(text)) > width:
            text = f"{text[:-2]}…" if text.endswith("…") else f"{text[:-1]}…"
        return text

    def _text(
        self,
        x: float,
        text: str,
        *,
        size: int,
        color: tuple[float, float, float] = _INK,
        bold: bool = False,
        to_right: bool = False,
    ) -> None:
        """Write at ``x``, or up to it: each run of characters in the font that has them."""
        self._canvas.setFillColorRGB(*color)
        if to_right:
            x -= sum(_width(run, size, bold=bold) for run in _runs(text))
        for is_plain, run in _runs(text):
            font = (_BOLD if bold else _PLAIN) if is_plain else _CHINESE
            self._canvas.setFont(font, size)
            self._canvas.drawString(x, self._y, run)
            x += _width((is_plain, run), size, bold=bold)


@cache
def _ascii_widths() -> dict[str, float]:
    """Of each character of the plain font, in thousandths of its size."""
    return {chr(at): pdfmetrics.stringWidth(chr(at), _PLAIN, 1000) for at in range(128)}


def _ascii_width(text: str, size: int) -> float:
    widths = _ascii_widths()
    return sum([widths[character] for character in text]) * size / 1000


def _runs(text: str) -> list[tuple[bool, str]]:
    """``text`` in pieces, each with whether the Latin fonts have its characters."""
    runs: list[tuple[bool, str]] = []
    for character in text:
        is_plain = ord(character) < 0x100 or character in "•…"
        if runs and runs[-1][0] == is_plain:
            runs[-1] = (is_plain, runs[-1][1] + character)
        else:
            runs.append((is_plain, character))
    return runs


def _width(run: tuple[bool, str], size: int, *, bold: bool = False) -> float:
    font = (_BOLD if bold else _PLAIN) if run[0] else _CHINESE
    width: float = pdfmetrics.stringWidth(run[1], font, size)
    return width
