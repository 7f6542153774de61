"""Sentences for cashiers: one in each of the languages that tills ask for."""

LANGUAGES = ("en", "zh-Hans", "zh-Hant")


def in_each(english: str, simplified: str, traditional: str) -> dict[str, str]:
    """The three sentences, by the tags of LANGUAGES."""
    return dict(zip(LANGUAGES, (english, simplified, traditional), strict=True))
