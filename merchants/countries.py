"""The countries of ISO 3166, with their names in the reader's language."""

import gettext
from functools import cache

import pycountry
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

# The console's languages -> the catalogues that the list comes with, the best one first.
_CATALOGUES = {"zh-hans": ["zh_CN"], "zh-hant": ["zh_HK", "zh_TW"]}


def check_country(code: str) -> None:
    """Raise ValidationError for what is no country's two capitals."""
    is_written_so = len(code) == 2 and code.isascii() and code.isupper()
    if not is_written_so or pycountry.countries.get(alpha_2=code) is None:
        raise ValidationError("A country of ISO 3166, two capitals: HK.", code="invalid")


def choices() -> tuple[tuple[str, str], ...]:
    """Nothing, then every country: ``("HK", "HK · Hong Kong")``, in the reader's language."""
    return _choices(get_language() or "en")


@cache
def _choices(language: str) -> tuple[tuple[str, str], ...]:
    names = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, _CATALOGUES.get(language, []), fallback=True
    )
    found = sorted((each.alpha_2, names.gettext(each.name)) for each in pycountry.countries)
    return (("", ""), *((code, f"{code} · {name}") for code, name in found))
