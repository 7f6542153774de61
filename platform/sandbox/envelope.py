"""Answers as the gateway writes them (reference §1.4)."""

from collections.abc import Mapping
from html import escape

from sandbox.signing import sign, signed_text


def _element(name: str, value: str) -> str:
    return f"<{name}>{escape(value, quote=False)}</{name}>"


def refusal(code: str) -> str:
    """``is_success=F``: unsigned, nothing was done."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<alipay><is_success>F</is_success>{_element('error', code)}</alipay>"
    )


def answer(
    request: Mapping[str, str],
    fields: Mapping[str, str],
    *,
    sign_type: str,
    private_pem: str,
    md5_key: str,
    charset: str = "utf-8",
    encoding: str = "UTF-8",
    at_root: bool = False,
) -> bytes:
    """``is_success=T``: the request echoed, the fields in alphabetical order, signed.

    ``at_root`` puts the fields beside the request instead of into ``response/alipay`` (§5.1).
    """
    said = {name: fields[name] for name in sorted(fields) if fields[name] != ""}
    signature = sign(
        signed_text(said), sign_type, private_pem=private_pem, md5_key=md5_key, charset=charset
    )
    echo = "".join(
        f'<param name="{escape(name)}">{escape(value, quote=False)}</param>'
        for name, value in sorted(request.items())
    )
    body = "".join(_element(name, value) for name, value in said.items())
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f"<alipay><is_success>T</is_success><request>{echo}</request>"
        f"{body if at_root else f'<response><alipay>{body}</alipay></response>'}"
        f"{_element('sign', signature)}{_element('sign_type', sign_type)}</alipay>"
    )
    return text.encode(encoding, errors="xmlcharrefreplace")
