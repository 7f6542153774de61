"""XML from banks, read safely: no entities, no network, no document type, a limit on the size."""

from typing import Any

from lxml import etree

from settlement.bank.statement import LONGEST_BYTES, StatementRefused


def parse(content: bytes) -> etree._Element:
    """The root element; raises StatementRefused with the line."""
    if len(content) > LONGEST_BYTES:
        raise StatementRefused(f"longer than {LONGEST_BYTES} bytes", 1)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise StatementRefused(f"no XML: {error.msg}", error.lineno or 1) from None
    about: Any = root.getroottree().docinfo
    if about.doctype:
        raise StatementRefused("a document type is not taken", 1)
    return root


def all_texts(node: etree._Element, path: str) -> list[str]:
    """The texts below ``node`` along ``A/B``, whatever the namespace's version."""
    found = node.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))
    return [(each.text or "").strip() for each in found]


def first_text(node: etree._Element, path: str) -> str:
    """The first of them, or nothing."""
    return next(iter(all_texts(node, path)), "")


def line_of(node: etree._Element) -> int:
    """Where the element begins."""
    number: Any = node.sourceline  # its stubs have no type for it
    return number or 1
