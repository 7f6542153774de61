"""What a step expected, what was seen, and whether the two agree."""

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Check:
    """One comparison, in words fit for a table."""

    what: str
    expected: str
    seen: str
    is_ok: bool


def same(what: str, expected: object, seen: object) -> Check:
    """The two are equal, and of one type: ``True`` is not ``1``."""
    agrees = type(expected) is type(seen) and expected == seen
    return Check(what, _show(expected), _show(seen), agrees)


def between(what: str, low: float, high: float, seen: float, *, unit: str = "") -> Check:
    """``seen`` lies between both limits, which count as inside."""
    return Check(what, f"{low:g} to {high:g}{unit}", f"{seen:.3g}{unit}", low <= seen <= high)


def spaced(what: str, low: float, high: float, seconds: list[float]) -> Check:
    """Every gap between neighbours lies between both limits; the last one may be shorter."""
    gaps = [later - earlier for earlier, later in pairwise(seconds)]
    shown = ", ".join(f"{gap:.1f}" for gap in gaps) or "none"
    agrees = bool(gaps) and max(gaps) <= high and all(low <= gap for gap in gaps[:-1])
    return Check(what, f"{low:g} to {high:g} s apart", f"{shown} s", agrees)


def broken(failure: Exception) -> Check:
    """The step could not be played to its end."""
    said = f"{type(failure).__name__}: {failure}"
    return Check("played to its end", "yes", said[:300], is_ok=False)


def _show(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
