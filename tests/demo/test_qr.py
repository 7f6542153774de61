"""The QR code of the story: what is drawn is what the library made, module by module."""

import segno

from demo.qr import draw

TEXT = "https://qr.alipay.com/bax03105rzpp6kwdbvvo0046"


def test_every_module_is_drawn_in_its_place_with_a_quiet_zone() -> None:
    rows = [list(row) for row in segno.make(TEXT, error="m", micro=False).matrix]
    upper, lower = {"█", "▀"}, {"█", "▄"}

    lines = draw(TEXT)

    drawn = [[int(block in half) for block in line] for line in lines for half in (upper, lower)]
    assert [row[4:-4] for row in drawn[4 : 4 + len(rows)]] == rows
    assert {len(line) for line in lines} == {len(rows) + 8}
    assert sum(map(sum, drawn)) == sum(map(sum, rows))
