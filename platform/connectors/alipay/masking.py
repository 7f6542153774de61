"""Masks what may never be stored: payment codes, signatures, keys, the buyer's names.

Works on text, not on XML, because a garbled answer must be masked as well.
"""

import re
from collections.abc import Iterable, Mapping

MAX_STORED_BYTES = 16 * 1024
HIDDEN = "•••"

# A run of digits that could hold a wallet's code (16 to 24 digits from 25 to 30). Alipay's own
# ids do not count: partner ids and buyers' begin with 20, its trades' have 28 digits.
# The patterns begin with fixed characters, which is what makes them fast on the hot path.
_CODE_LIKE = re.compile(r"(?:2[5-9]|30)[0-9]{14,}")
_CODE_MIN_DIGITS, _CODE_MAX_DIGITS = 16, 24
_CODE_ELEMENT = re.compile(r"""(buyer_identity_code["']?\s*[>=:]\s*["']?)([0-9]{5,})""")
_SIGNATURE = re.compile(r"""(sign(?:["']?\s*>|=))[^<&\s]+""")
_BUYER_ID = re.compile(r"(buyer_(?:user_)?id[^>]{0,3}>)([0-9]{9,})")
_BUYER_LOGIN = re.compile(r"(buyer_(?:login_id|logon_id|email)[^>]{0,3}>)([^<*]+)(?=<|$)")
_PERSON_IDS = frozenset({"shareholder_id", "representative_id"})
_PERSON_ID = re.compile(r"""((?:shareholder|representative)_id["']?[^>]{0,3}>)([^<]+)""")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DECLARED = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9_-]{1,20})["']""")
_TEXT_ENCODINGS = frozenset({"utf-8", "gbk", "gb2312", "gb18030"})


def mask_payment_code(code: str) -> str:
    """First four and last two digits: ``2880••••••••••••34``; all dots below eight characters."""
    if len(code) < 8:
        return "•" * len(code)
    return _mask_middle(code, 4, 2)


def mask_account(account: str) -> str:
    """A buyer's login as Alipay masks it (``159****5620``); masked here if Alipay did not."""
    if "*" in account:
        return account
    return f"{account[:3]}****{account[-2:]}" if len(account) >= 8 else "****"


def mask_codes(text: str, codes: Iterable[str] = ()) -> str:
    """``text`` without a readable payment code: the given ones, and whatever looks like one."""
    for code in codes:
        text = text.replace(code, mask_payment_code(code))
    text = _CODE_ELEMENT.sub(lambda found: found[1] + mask_payment_code(found[2]), text)
    return _CODE_LIKE.sub(_mask_whole_run, text)


def _mask_whole_run(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    is_part_of_longer = before.isdecimal() or len(found[0]) > _CODE_MAX_DIGITS
    return found[0] if is_part_of_longer else mask_payment_code(found[0])


def mask_parameters(parameters: Mapping[str, str], codes: Iterable[str] = ()) -> dict[str, str]:
    """A copy of a request, fit to be stored; ``codes`` are the payment codes that went into it."""
    known = tuple(codes)
    shortest = min((len(code) for code in known), default=_CODE_MIN_DIGITS)
    masked = {
        name: mask_codes(value, known) if len(value) >= shortest else value
        for name, value in parameters.items()
    }
    for name in _PERSON_IDS & masked.keys():
        masked[name] = HIDDEN
    if "sign" in masked:
        masked["sign"] = HIDDEN
    return masked


def mask_body(body: bytes, *, codes: Iterable[str] = (), keys: Iterable[str] = ()) -> str:
    """An answer's text, masked and cut to 16 KiB; bytes that are no text become U+FFFD.

    ``codes`` are payment codes and ``keys`` secrets that must not show, whatever surrounds them.
    """
    text = _CONTROL.sub("", body.decode(_encoding(body), "replace"))
    text = mask_codes(text, tuple(codes))
    for key in keys:
        text = text.replace(key, HIDDEN) if key else text
    text = _SIGNATURE.sub(rf"\1{HIDDEN}", text)
    text = _BUYER_ID.sub(lambda found: found[1] + _mask_middle(found[2], 4, 4), text)
    text = _BUYER_LOGIN.sub(lambda found: found[1] + mask_account(found[2]), text)
    text = _PERSON_ID.sub(rf"\1{HIDDEN}", text)
    return text.encode()[:MAX_STORED_BYTES].decode("utf-8", "ignore")


def _mask_middle(text: str, first: int, last: int) -> str:
    return f"{text[:first]}{'•' * (len(text) - first - last)}{text[-last:]}"


def _encoding(body: bytes) -> str:
    declared = _DECLARED.search(body, 0, 200)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    return name if name in _TEXT_ENCODINGS else "utf-8"
