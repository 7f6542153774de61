"""What a customer agrees to on our own page, word for word. A changed word is a new version."""

from django.utils.translation import gettext, gettext_noop

from loyalty.member_state import Purpose

VERSION = "page-2026-11"  # and the language: "page-2026-11/zh-hant"
WORDING: dict[Purpose, str] = {
    Purpose.MEMBERSHIP: gettext_noop(
        "I want to join. My name and contact are kept, encrypted, until I ask to be forgotten; my "
        "purchases are counted to give me points."
    ),
    Purpose.MARKETING: gettext_noop("I want to hear of offers. I can take this back at any time."),
    Purpose.WALLET: gettext_noop(
        "My wallet may be known again, so that I earn points without showing my card. I can take "
        "this back at any time."
    ),
}


def wording(purpose: Purpose) -> str:
    """The text in the language in force."""
    return gettext(WORDING[purpose])
