"""Which long passwords are guessed first all the same: no rule about kinds of characters.

Guessing programs do not stop at the lists of what was stolen: they put numbers and marks around
its words, write 0 for o, repeat, and walk along the keyboard (ASVS 2.1.7, 2.1.9).
"""

import re
from functools import lru_cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_LOOKALIKES = str.maketrans("0134578@$!|+", "oleastbasiit")
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_FEWEST_CHARACTERS = 5
_SHORTEST_WORD = 4
_WALKED = 0.75  # of the steps from one character to the next


class PredictableValidator:
    """Refuses a common word with trimmings, repetitions, and walks along a row of keys."""

    def validate(self, password: str, user: Any = None) -> None:
        text = password.lower()
        if _is_monotonous(text) or _is_walk(text) or _cores(text) & (_common() | _own(user)):
            raise ValidationError(self.get_help_text(), code="password_predictable")

    def get_help_text(self) -> str:
        return _(
            "Not a common word with numbers around it, no repetition and no row of keys: several "
            "words that nobody else would put together are best."
        )


def _is_monotonous(text: str) -> bool:
    return len(set(text)) < _FEWEST_CHARACTERS or re.fullmatch(r"(.{1,8}?)\1+.?", text) is not None


def _is_walk(text: str) -> bool:
    steps = [text[place : place + 2] for place in range(len(text) - 1)]
    walked = [step for step in steps if any(step in row or step[::-1] in row for row in _ROWS)]
    return bool(steps) and len(walked) / len(steps) > _WALKED


def _cores(text: str) -> set[str]:
    """The one word that is left when trimmings go, as written and with lookalikes read."""
    stripped = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    read = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", re.sub(r"\d+$", "", text).translate(_LOOKALIKES))
    return {word for word in (stripped, read) if len(word) >= _SHORTEST_WORD}


def _own(user: Any) -> frozenset[str]:
    """Words that everybody would try here."""
    acquirer = getattr(user, "acquirer", None)
    name = "" if acquirer is None else acquirer.name.lower()
    return frozenset({"tillgate", "alipay", name, name.replace(" ", ""), *name.split()})


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
