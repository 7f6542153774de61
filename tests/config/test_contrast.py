"""Our own colours keep the contrast of WCAG AA: 4.5 to 1 for words, in light and in dark."""

import re

import pytest

from config import env

LEAST = 4.5
ACCOUNT = "platform/tenancy/static/signin/pages.css"
TILL = "platform/till/static/till/till.css"
PANELS = "platform/tenancy/static/console/panels.css"
PAPER = {"light": ("#ffffff", "#f9fafb"), "dark": ("#101828", "#0a0d14")}  # the theme's own
# Words on grounds; what is missing here is no colour of words.
PAIRS = {
    ACCOUNT: "text/page text/card quiet/page quiet/card main/page main/card danger/card "
    "danger/page on-main/main text/note",
    TILL: "text/page text/card text/key quiet/page quiet/card main/card on-main/main yes/card "
    "yes/yes-soft no/card no/no-soft warn/warn-soft",
    PANELS: "tg-accent/paper tg-danger/paper tg-good/paper tg-warn/paper tg-quiet/paper",
}


def channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    red, green, blue = (channel(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours(sheet: str) -> dict[str, dict[str, str]]:
    """The sheet's named colours: the first block is light, the second dark."""
    text = (env.BASE_DIR / sheet).read_text(encoding="utf-8")
    light, dark = re.findall(r"(?::root|html\.dark)\s*\{([^}]*)\}", text)[:2]
    light_ones, dark_ones = (
        dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", each)) for each in (light, dark)
    )
    return {"light": light_ones, "dark": light_ones | dark_ones}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("sheet", PAIRS)
def test_words_can_be_read_on_their_ground(sheet: str, mode: str) -> None:
    named = colours(sheet)[mode]
    faint = []
    for pair in PAIRS[sheet].split():
        words, ground = pair.split("/")
        for paper in PAPER[mode] if ground == "paper" else (named[ground],):
            if (found := contrast(named[words], paper)) < LEAST:
                faint.append(f"{words} on {ground} ({paper}): {found:.2f}")

    assert faint == []


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48  # the known grey that just fails
