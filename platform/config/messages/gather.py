"""Finds every message in Python files and templates, without the gettext programs."""

import ast
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import allauth
import django
import unfold
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import read_mo
from django.utils.translation.template import templatize

from config import env
from config.console.words import words

_KEYWORDS: dict[str, Any] = DEFAULT_KEYWORDS | {
    "gettext_noop": None,
    "lazy": None,  # gettext_lazy, by a shorter name
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_REFUSALS = ("Conflict", "Forbidden")
_OURS = ("platform", "merchants", "payments", "loyalty", "settlement")
_NOT_OURS = ("platform/sandbox", "platform/demo")  # no pages of the console
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# Around its calls, what ``templatize`` makes of a template is no Python.
_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")
# The theme brings no translations: ours are taken for its words.
_THEME = Path(unfold.__file__).parent


def gather() -> Catalog:
    """Every message with where it stands; the theme's have no place, as they change with it."""
    catalog = Catalog(project="Tillgate", charset="utf-8", fuzzy=False)
    for path in _our_files():
        place = path.relative_to(env.BASE_DIR).as_posix()
        for message, context in _messages(path):
            catalog.add(message, locations=[(place, 0)], context=context)
    for word in words():
        catalog.add(word)
    known = _djangos()
    for path in sorted((_THEME / "templates").rglob("*.html")):
        for message, context in _messages(path):
            if (message if isinstance(message, str) else message[0]) not in known:
                catalog.add(message, context=context)
    return catalog


def _djangos() -> set[str]:
    """What Django and the sign-in pages have translated already."""
    paths = [
        *Path(django.__file__).parent.glob("**/locale/zh_Hans/LC_MESSAGES/django.mo"),
        *Path(allauth.__file__).parent.glob("**/locale/zh_Hans/LC_MESSAGES/django.mo"),
    ]
    known: set[str] = set()
    for path in paths:
        with path.open("rb") as file:
            for message in read_mo(file):
                if message.string:
                    known.add(message.id if isinstance(message.id, str) else message.id[0])
    return known


def _our_files() -> Iterator[Path]:
    for folder in _OURS:
        for path in sorted((env.BASE_DIR / folder).rglob("*")):
            place = path.relative_to(env.BASE_DIR).as_posix()
            if path.suffix in {".py", ".html", ".txt"} and not place.startswith(_NOT_OURS):
                yield path


def _messages(path: Path) -> Iterable[tuple[Any, str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _calls_in(source)
    else:
        yield from ((text, None) for text in _refusals(source))
    found = extract("python", io.BytesIO(source.encode()), keywords=_KEYWORDS)
    yield from ((message, context) for _line, message, _comments, context in found)


def _refusals(source: str) -> Iterator[str]:
    """What services refuse with in fixed words; acting_admin.in_words looks it up."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _REFUSALS
            and len(node.args) > 1
            and isinstance(node.args[1], ast.Constant)
        ):
            yield str(node.args[1].value)


def _calls_in(template: str) -> str:
    """What a template asks to be translated, as lines of Python."""
    return "\n".join(f"{found[1]}({found[2]})" for found in _CALL.finditer(templatize(template)))
