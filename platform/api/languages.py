"""Which language a caller reads, from ``Accept-Language``: of what is said to cashiers."""

import re

from django.http import HttpRequest
from rest_framework.request import Request

from kernel.sentences import LANGUAGES

# What callers write, in the words of the tables of sentences.
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


def read_language(request: Request | HttpRequest) -> str:
    """The best of the caller's languages that cashiers' sentences have; ``en`` if there is none."""
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
