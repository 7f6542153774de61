"""A QR code as lines of text: two rows of modules per line, by half blocks."""

from itertools import zip_longest

import segno

_BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
_BORDER = 4  # modules of white around it, which readers need


def draw(text: str) -> list[str]:
    """``text`` as a QR code, dark modules printed; the lines are equally long."""
    rows = [
        [bool(module) for module in row]
        for row in segno.make(text, error="m", micro=False).matrix_iter(border=_BORDER)
    ]
    blank = [False] * len(rows[0])
    pairs = zip_longest(rows[::2], rows[1::2], fillvalue=blank)
    return [
        "".join(_BLOCKS[pair] for pair in zip(*pair_of_rows, strict=True)) for pair_of_rows in pairs
    ]
