"""A member's card as pictures: a QR code and a Code 128 barcode of its number. No Django."""

import io

import barcode
import segno
from barcode.writer import SVGWriter

_QUIET_MODULES = 4
_PX_PER_MODULE = 8


def qr_svg(text: str) -> bytes:
    """A QR code with dark modules on white; error correction M."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=_PX_PER_MODULE, border=_QUIET_MODULES, dark="#000", light="#fff"
    )
    return out.getvalue()


def qr_png(text: str) -> bytes:
    """The same as a picture of pixels."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="png", scale=_PX_PER_MODULE, border=_QUIET_MODULES
    )
    return out.getvalue()


def barcode_svg(text: str) -> bytes:
    """Code 128, with the number below it for whoever has no scanner."""
    out = io.BytesIO()
    barcode.get("code128", text, writer=SVGWriter()).write(
        out, {"module_height": 18.0, "font_size": 7}
    )
    return out.getvalue()


PICTURES = {
    "qr.svg": (qr_svg, "image/svg+xml"),
    "qr.png": (qr_png, "image/png"),
    "barcode.svg": (barcode_svg, "image/svg+xml"),
}
