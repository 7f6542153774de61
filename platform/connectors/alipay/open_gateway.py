"""Alipay's other gateway, ``openapi.alipay.com``: JSON both ways, signed with RSA2.

Its common parameters and its envelope are as Alipay's page of ``alipay.marketing.card.template.
create`` has them; docs/concepts/alipay-cards.md says which of it the reference confirms.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from connectors.alipay.rules import BEIJING
from connectors.alipay.signing import CHARSET, Signature, Verifier
from connectors.base import Result

OK = "10000"
QUERY = f"?charset={CHARSET}"
# Codes after which a repeat may bring another answer: the gateway, or what is behind it, is away.
_AWAY = frozenset({"20000"})
_AWAY_BEHIND = frozenset({"SYSTEM_ERROR", "ACQ.SYSTEM_ERROR", "isp.unknow-error"})


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """One answer. ``is_genuine``: Alipay signed these very bytes of ``fields``."""

    fields: dict[str, Any]
    is_genuine: bool

    @property
    def code(self) -> str | None:
        """The most exact code that stands there."""
        return self.text("sub_code") or self.text("code")

    @property
    def message(self) -> str | None:
        return self.text("sub_msg") or self.text("msg")

    def text(self, name: str) -> str | None:
        value = self.fields.get(name)
        return value if isinstance(value, str) and value else None

    @property
    def result(self) -> Result:
        """Only what Alipay signed ends anything; a refusal that nobody signed is asked again."""
        code = self.text("code")
        if not self.is_genuine or code is None:
            return Result.UNKNOWN
        if code == OK:
            return Result.SUCCEEDED
        if code in _AWAY or self.text("sub_code") in _AWAY_BEHIND:
            return Result.UNKNOWN
        return Result.FAILED


def signed_form(
    app_id: str, method: str, content: Mapping[str, Any], signature: Signature, *, at: datetime
) -> dict[str, str]:
    """One call as it travels. Here ``sign_type`` is signed, too, unlike at the older gateway."""
    parameters = {
        "app_id": app_id,
        "method": method,
        "format": "JSON",
        "charset": CHARSET,
        "sign_type": "RSA2",
        "timestamp": at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "version": "1.0",
        "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
    }
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    return parameters | {"sign": signature.sign(text.encode(CHARSET))}


def encode(parameters: Mapping[str, str]) -> bytes:
    """The body of the POST."""
    return urlencode(parameters).encode("ascii")


def read_answer(body: bytes, method: str, verifier: Verifier) -> OpenAnswer | None:
    """The answer to ``method``, or None for what is none.

    Alipay signs the characters of the inner object as they stand, so these are cut out and
    checked, not what a parser would write again.
    """
    try:
        text = body.decode(CHARSET)
        whole = json.loads(text)
    except ValueError:
        return None
    if not isinstance(whole, dict):
        return None
    names = (f"{method.replace('.', '_')}_response", "error_response")
    name = next((each for each in names if isinstance(whole.get(each), dict)), None)
    if name is None:
        return None
    sign = whole.get("sign")
    inner = _cut_out(text, name)
    is_genuine = isinstance(sign, str) and verifier.verify(inner.encode(CHARSET), sign)
    return OpenAnswer(json.loads(inner), is_genuine=is_genuine)


def _cut_out(text: str, name: str) -> str:
    """The object under ``name`` at the top, character by character."""
    decoder = json.JSONDecoder()
    place = text.index("{") + 1
    while True:
        place = _next(text, place)
        key, place = decoder.raw_decode(text, place)
        place = _next(text, place)
        _, end = decoder.raw_decode(text, place)
        if key == name:
            return text[place:end]
        place = end


def _next(text: str, place: int) -> int:
    while text[place] in " \t\r\n,:":
        place += 1
    return place
