"""A statement as PDF, for the person who owns the shop: the sums in words, then each sale."""

from pathlib import Path

from settlement.files.fonts import fit, show_all
from settlement.files.row_patterns import RowPatterns, measure
from settlement.files.sheet import ACCENT, BOTTOM, GREY, INK, LEFT, RIGHT, Sheet, ink
from settlement.files.statement import COLUMNS, Columns, Lines, Statement, group_thousands

LINES_LIMIT = 1000  # lines; the other files have all of them
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
    ("Time", LEFT, 84), ("What", LEFT + 78, 50), ("Your reference", LEFT + 128, 92),
    ("Fee plan", LEFT + 224, 62), ("Gross", RIGHT - 156, 0), ("Fee", RIGHT - 104, 0),
    ("VAT", RIGHT - 60, 0), ("Net", RIGHT, 0),
)  # fmt: skip
_RIGHT_ALIGNED = {"Gross", "Fee", "VAT", "Net"}
_LEFTS = [x for name, x, _width in _COLUMNS if name not in _RIGHT_ALIGNED]
_WIDTHS = [width for name, _x, width in _COLUMNS if name not in _RIGHT_ALIGNED]
_RIGHTS = [x for name, x, _width in _COLUMNS if name in _RIGHT_ALIGNED]
_AMOUNTS = [COLUMNS.index(name) for name in ("gross", "fee", "vat", "net")]


class PdfFile(Sheet):
    """The writer of one statement."""

    kind, ending, content_type = "statement_pdf", "pdf", "application/pdf"

    def __init__(self, path: Path, statement: Statement) -> None:
        name = statement.file_name
        super().__init__(path, statement, name=name, title=f"Statement {name}")
        self._lines = 0
        self._patterns = RowPatterns(
            _LEFTS, _RIGHTS, begin=ink(INK), fonts=self._fonts, size=8, digits=self._digits
        )
        self._write_head()
        self._write_sums()
        self._write_columns()

    def add(self, lines: Lines, columns: Columns) -> None:
        """Write the lines for which there is room at all."""
        room = max(LINES_LIMIT - self._lines, 0)
        self._lines += len(lines.kind)
        texts = (lines.wall_time, lines.kind, lines.merchant_reference, lines.fee_plan)
        cells = [
            show_all([fit(text, width, 8) for text in column[:room]], 8, self._fonts)
            for column, width in zip(texts, _WIDTHS, strict=True)
        ]
        amounts = [group_thousands(columns[at][:room], self._digits) for at in _AMOUNTS]
        shapes = zip(*map(measure, amounts), strict=True)
        rows = zip(shapes, zip(*cells, *amounts, strict=True), strict=True)
        for shape, row in rows:
            if self._y < BOTTOM:
                self._next_page()
            self._canvas._code.append(self._patterns[shape] % (self._y, *row))
            self._y -= 13

    def close(self) -> None:
        """Write the last page."""
        if self._lines > LINES_LIMIT:
            more = f"… and {self._lines - LINES_LIMIT:,} more: they stand in the CSV file."
            self._text(LEFT, more, size=8, color=GREY)
        self._save()

    def _write_head(self) -> None:
        batch = self._statement.batch
        self._text(LEFT, self._statement.acquirer_name, size=9, color=GREY)
        mode = "" if batch.livemode else "TEST MONEY - no money moves"
        self._text(RIGHT, mode, size=9, color=ACCENT, bold=True, to_right=True)
        self._y -= 28
        self._text(LEFT, "Settlement statement  結算單", size=20, bold=True)
        self._y -= 22
        self._text(LEFT, fit(self._statement.merchant_name, 480, 12), size=12)
        self._y -= 17
        first, last = batch.first_day, batch.business_date
        days = f"{last}" if first == last else f"{first} to {last}"
        said = f"{days}, {batch.zone}  ·  {batch.currency}  ·  No. {batch.number}"
        self._text(LEFT, f"{said}  ·  {batch.public_id}", size=9, color=GREY)
        self._y -= 26

    def _write_sums(self) -> None:
        batch = self._statement.batch
        for name, words in _SUMS.items():
            minor = getattr(batch, f"{name}_minor")
            if minor or name in _ALWAYS:
                self._write_sum(words, minor)
        self._rule()
        self._write_sum(("Paid out", "轉賬金額"), -batch.paid_out_minor, size=13)
        self._text(LEFT, self._where(), size=9, color=GREY)
        self._y -= 18
        if batch.closing_minor:
            self._write_sum(("Carried on", "結轉下期"), batch.closing_minor)
        self._y -= 12

    def _write_sum(self, words: tuple[str, str], minor: int, size: int = 10) -> None:
        big = size > 10
        self._text(LEFT, "  ".join(words), size=size, bold=big)
        amount = f"{self._statement.batch.currency} {self._show(minor)}"
        self._text(RIGHT, amount, size=size, bold=big, to_right=True)
        self._y -= size + 7

    def _where(self) -> str:
        payout = self._statement.payout
        if payout is None:
            why = self._statement.batch.outcome.replace("_", " ")
            return f"Nothing is paid for this period: {why}."
        account = f"{payout.holder}, {payout.masked_number}"
        return fit(f"To the account of {account}, on {payout.pays_on}", 480, 9)

    def _write_columns(self) -> None:
        for name, x, _width in _COLUMNS:
            self._text(x, name, size=8, color=GREY, to_right=name in _RIGHT_ALIGNED)
        self._y -= 5
        self._rule()

    def _next_page(self) -> None:
        self._canvas.showPage()
        self._begin_page()
        self._again(self._write_columns)
