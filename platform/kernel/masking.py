"""Hides what may stand in no log, error page or stored answer: keys, secrets, payment codes."""

import re

# An API key, a webhook secret, and 16-24 digits that can be a wallet's payment code (reference
# §2.1).
_API_KEY = re.compile(r"\btg_(test|live)_[0-9A-Za-z]{8}[0-9A-Za-z]+")
_WEBHOOK_SECRET = re.compile(r"\bwhsec_[0-9A-Za-z+/_-]{8,}=*")
_PAYMENT_CODE = re.compile(r"(?<!\d)((?:2[5-9]|30)\d{2})\d{10,18}(\d{2})(?!\d)")


def mask(text: str) -> str:
    """``text`` without secrets; the ends of a code stay, so that people can compare."""
    text = _API_KEY.sub(r"tg_\1_••••••••", text)
    text = _WEBHOOK_SECRET.sub("whsec_••••••••", text)
    return _PAYMENT_CODE.sub(r"\1••••\2", text)
