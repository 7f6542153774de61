"""Coupons on paper: A4 pages of ten, each with a QR code and a Code 128 of its code."""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from loyalty.coupon_codes import show_code
from loyalty.models import Campaign, Coupon

_COLUMNS, _ROWS = 2, 5
_WIDTH, _HEIGHT = A4[0] / _COLUMNS, A4[1] / _ROWS
_QR = 26 * mm
_FONT = "STSong-Light"  # campaigns are named in Chinese, too; readers of PDF bring it along


def write_sheet(campaign: Campaign, coupons: Iterable[Coupon]) -> bytes:
    """The pages as a PDF, with lines to cut along."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.setTitle(campaign.name)
    until = _day(campaign.ends_at, campaign.zone)
    for number, coupon in enumerate(coupons):
        place = number % (_COLUMNS * _ROWS)
        if number and place == 0:
            canvas.showPage()
        left = place % _COLUMNS * _WIDTH
        bottom = A4[1] - (place // _COLUMNS + 1) * _HEIGHT
        _draw(canvas, left, bottom, campaign.name, coupon.code, until)
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, left: float, bottom: float, name: str, code: str, until: str) -> None:
    canvas.setDash(2, 3)
    canvas.rect(left, bottom, _WIDTH, _HEIGHT)
    canvas.setDash()
    canvas.setFont(_FONT, 13)
    canvas.drawString(left + 8 * mm, bottom + _HEIGHT - 11 * mm, name[:36])
    drawing = Drawing(_QR, _QR)
    drawing.add(QrCodeWidget(code, barWidth=_QR, barHeight=_QR, barBorder=2))
    renderPDF.draw(drawing, canvas, left + 6 * mm, bottom + 14 * mm)
    bars = Code128(code, barHeight=12 * mm, barWidth=0.28 * mm, quiet=False)
    bars.drawOn(canvas, left + 36 * mm, bottom + 24 * mm)
    canvas.setFont("Courier-Bold", 11)
    canvas.drawString(left + 36 * mm, bottom + 17 * mm, show_code(code))
    canvas.setFont("Helvetica", 8)
    canvas.drawString(left + 8 * mm, bottom + 6 * mm, until)


def _day(at: datetime, zone: str) -> str:
    return f"until {at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
