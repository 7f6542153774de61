"""What a company's number in the register of its country looks like, where the form is published.

Elsewhere any number is taken: registers differ, and a wrong refusal keeps a merchant out.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from stdnum.au import abn, acn
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.fr import siren
from stdnum.jp import cn
from stdnum.kr import brn
from stdnum.sg import uen
from stdnum.tw import ubn

Check = Callable[[str], str]
# Country -> what the number is called there, and the checks of which one must pass.
FORMS: dict[str, tuple[str, tuple[Check, ...]]] = {
    "AU": (gettext_noop("an ABN or ACN"), (abn.validate, acn.validate)),
    "CN": (gettext_noop("a unified social credit code"), (uscc.validate,)),
    "FR": (gettext_noop("a SIREN"), (siren.validate,)),
    "JP": (gettext_noop("a corporate number"), (cn.validate,)),
    "KR": (gettext_noop("a business registration number"), (brn.validate,)),
    "SG": (gettext_noop("a UEN"), (uen.validate,)),
    "TW": (gettext_noop("a unified business number"), (ubn.validate,)),
}


def is_number(country: str, number: str) -> bool:
    """Whether ``number`` is of the form of ``country``, check digits included."""
    form = FORMS.get(country)
    return form is None or any(_passes(check, number) for check in form[1])


def fault_of(country: str, number: str) -> ValidationError | None:
    """What is wrong with a company's number in ``country``, in words; None: nothing."""
    if is_number(country, number):
        return None
    return ValidationError(
        _("There it is %(form)s: a digit or the check digit is wrong."),
        code="invalid",
        params={"form": gettext(FORMS[country][0])},
    )


def _passes(check: Check, number: str) -> bool:
    try:
        check(number)
    except BadNumber:
        return False
    return True
