"""Opens Alipay's XML answers, safely and strictly: what is odd in any way is unreadable (§1.4)."""

from dataclasses import dataclass

from lxml import etree

from connectors.alipay.signing import CHARSET, Verifier

_ENVELOPE = frozenset({"is_success", "request", "response", "sign", "sign_type"})
_CHINESE = frozenset({"GBK", "GB2312", "GB18030"})


class UnreadableAnswer(ValueError):
    """Not one of the two envelopes that the gateway sends; the text says what is odd."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One envelope. ``fields`` are the signed business fields, ``echo`` our request as repeated."""

    is_success: bool
    error: str | None  # at the root: the gateway's refusal
    has_response: bool
    fields: dict[str, str]
    echo: dict[str, str]
    root: dict[str, str]  # plain text beside the response: some calls answer there (§5.1)
    signature: str | None
    encoding: str  # as the document declares

    @property
    def reason(self) -> str | None:
        """The error code of a refusal, wherever it stands."""
        inside = self.fields.get("error") or self.fields.get("detail_error_code")
        return self.error or inside or None


def read_answer(body: bytes) -> Answer:
    """Parse ``body``, honouring its declared encoding. Raises UnreadableAnswer.

    No DTD, no entities of its own, no network, at most the parser's depth of 256; the caller has
    bounded the size. Anything but plain text in a field is refused.
    """
    root = _parse(body)
    top = _children(root)
    response = top.get("response")
    business = None if response is None else _children(response).get("alipay")
    return Answer(
        is_success=_flag(top.get("is_success")),
        error=_optional_text(top.get("error")),
        has_response=business is not None,
        fields={} if business is None else _texts(business),
        echo=_echo(top.get("request")),
        root={
            name: _text(child)
            for name, child in top.items()
            if name not in _ENVELOPE and not len(child)
        },
        signature=_optional_text(top.get("sign")),
        encoding=root.getroottree().docinfo.encoding or CHARSET,
    )


def is_genuine(answer: Answer, verifier: Verifier) -> bool:
    """Did Alipay sign this answer?

    The signature covers the fields inside ``response/alipay``, or the bare error. Two things are
    not documented and both forms are accepted, as each is signed by Alipay all the same: the
    bytes when the declared encoding is not the request's, and whether empty fields count.
    """
    if not answer.signature:
        return False
    return any(verifier.verify(text, answer.signature) for text in _signed_texts(answer))


def _signed_texts(answer: Answer) -> list[bytes]:
    fields = answer.fields if answer.has_response else {"error": answer.error or ""}
    texts = [_joined({name: value for name, value in fields.items() if value})]
    if not all(fields.values()):
        texts.append(_joined(fields))
    encoded = [text.encode(CHARSET) for text in texts]
    if answer.encoding.upper() in _CHINESE and not all(text.isascii() for text in texts):
        encoded += [text.encode(answer.encoding, "replace") for text in texts]
    return encoded


def _joined(fields: dict[str, str]) -> str:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields))


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, recover=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableAnswer(f"no XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableAnswer("a document type is declared")
    if root.tag != "alipay":
        raise UnreadableAnswer(f"the root is {root.tag!r}, not 'alipay'")
    return root


def _children(parent: etree._Element) -> dict[str, etree._Element]:
    """The child elements by name. A comment, an instruction or a repeated name is refused."""
    found: dict[str, etree._Element] = {}
    for child in parent:
        if not isinstance(child.tag, str) or child.tag in found:
            raise UnreadableAnswer(f"unexpected {child.tag!r} inside {parent.tag!r}")
        found[child.tag] = child
    return found


def _texts(parent: etree._Element) -> dict[str, str]:
    return {name: _text(child) for name, child in _children(parent).items()}


def _text(element: etree._Element) -> str:
    if len(element):
        raise UnreadableAnswer(f"{element.tag!r} holds more than text")
    return element.text or ""


def _optional_text(element: etree._Element | None) -> str | None:
    return None if element is None else _text(element).strip() or None


def _flag(element: etree._Element | None) -> bool:
    text = _optional_text(element)
    if text not in {"T", "F"}:
        raise UnreadableAnswer(f"is_success is {text!r}")
    return text == "T"


def _echo(request: etree._Element | None) -> dict[str, str]:
    """The repeated request; unsigned, so it can raise a doubt and never settle one."""
    params = [] if request is None else request.findall("param")
    return {param.get("name", ""): _text(param) for param in params}
