"""The code of a table's rows: thousands are filled in; a call for each cell took their time."""

from collections.abc import Sequence

from settlement.files.fonts import Fonts, amount_width

Shape = tuple[int, ...]


def measure(amounts: Sequence[str]) -> list[int]:
    """Of each its characters; below zero for one with a minus. As long is as wide."""
    return [-len(amount) if amount[0] == "-" else len(amount) for amount in amounts]


class RowPatterns(dict[Shape, str]):
    """By the shape of a row's amounts, its code without its height and cells.

    ``lefts`` are where its texts begin, ``rights`` where its amounts end; points.
    """

    def __init__(
        self,
        lefts: Sequence[float],
        rights: Sequence[float],
        *,
        begin: str,
        fonts: Fonts,
        size: int,
        digits: int,
    ) -> None:
        super().__init__()
        self._lefts, self._rights = lefts, rights
        self._begin, self._fonts, self._size, self._digits = begin, fonts, size, digits

    def __missing__(self, shape: Shape) -> str:
        ends = zip(self._rights, shape, strict=True)
        starts = [right - amount_width(each, self._digits, self._size) for right, each in ends]
        places = [*self._lefts, *starts]
        moves = map(float.__sub__, places[1:], places)
        texts, amounts = len(self._lefts), len(starts)
        shown = ["%s"] * texts + ["(%s) Tj"] * amounts
        rest = "".join(
            f" {move:.2f} 0 Td {cell}" for move, cell in zip(moves, shown[1:], strict=True)
        )
        font = f"{self._fonts.plain} {self._size} Tf"
        self[shape] = f"{self._begin} BT {font} {places[0]} %.2f Td {shown[0]}{rest} ET"
        return self[shape]
