"""The published merchant category codes (ISO 18245 and the card schemes'), with their names."""

from functools import cache

import iso18245
from django.core.exceptions import ValidationError


def name_of(code: str) -> str:
    """What the code stands for: ``Fast food restaurants``; "" if nobody has published it."""
    if not (len(code) == 4 and code.isascii() and code.isdigit()):
        return ""
    try:
        found = iso18245.get_mcc(code)
    except iso18245.MCCNotFound:
        return ""
    return _best_name(found)


def check_mcc(code: str) -> None:
    """Raise ValidationError for what is no published code of four digits."""
    if not name_of(code):
        raise ValidationError(
            "Four digits, a published merchant category code (ISO 18245): 5812.", code="invalid"
        )


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Nothing, then every code, for people to search: ``("5814", "5814 · Fast food …")``."""
    found = sorted(iso18245.get_all_mccs(), key=lambda each: each.mcc)
    return (("", ""), *((each.mcc, f"{each.mcc} · {_best_name(each)}") for each in found))


def _best_name(found: iso18245.MCC) -> str:
    """The standard's own name; for codes that it leaves to the schemes, theirs."""
    names = (
        found.iso_description,
        found.visa_description,
        found.mastercard_description,
        found.usda_description,
        found.amex_description,
        found.stripe_description,
        found.alipay_description,
    )
    return next((name for name in names if name), found.range.description)
