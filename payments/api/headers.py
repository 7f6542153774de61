"""The headers that this API reads: Prefer, Accept-Language."""

import re

from rest_framework.request import Request

from connectors.failures import LANGUAGES

DEFAULT_WAIT_SECONDS = 10
LONGEST_WAIT_SECONDS = 60
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,4})\"?(?=$|[,;\s])", re.IGNORECASE)
# What callers write, in the words of the failure table.
_TAGS = {
    "en": "en",
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh-hant": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-tw": "zh-Hant",
}


def read_wait(request: Request) -> int:
    """Seconds to wait for an end, from ``Prefer: wait=N`` (RFC 7240); 0 to 60, 10 if absent.

    A preference that cannot be read is ignored, as the RFC says.
    """
    match = _WAIT.search(request.META.get("HTTP_PREFER", ""))
    if match is None:
        return DEFAULT_WAIT_SECONDS
    return min(int(match[1]), LONGEST_WAIT_SECONDS)


def read_language(request: Request) -> str:
    """The best of the caller's languages that the failure table has; ``en`` if there is none."""
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    for tag in _by_preference(accepted):
        known = _TAGS.get(tag) or _TAGS.get("-".join(tag.split("-")[:2]))
        known = known or _TAGS.get(tag.split("-")[0])
        if known in LANGUAGES:
            return known
    return LANGUAGES[0]


def _by_preference(accepted: str) -> list[str]:
    weighted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, quality = part.strip().partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", quality)
        weighted.append((-float(weight[1]) if weight else -1.0, place, tag.strip().lower()))
    return [tag for weight, _, tag in sorted(weighted) if weight < 0]
