"""The files of each language: read, brought up to date with the sources, compiled."""

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale

_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
LANGUAGES = ("zh-hans", "zh-hant")  # the sources are English


def po_path(language: str) -> Path:
    """Where a language's messages are written by people."""
    return Path(settings.LOCALE_PATHS[0], to_locale(language), "LC_MESSAGES", "django.po")


def mo_path(language: str) -> Path:
    """Where they stand for the program."""
    return po_path(language).with_suffix(".mo")


def read(language: str) -> Catalog:
    """A language's catalogue; an empty one where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=to_locale(language))
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language))


def refresh(language: str, template: Catalog) -> Catalog:
    """The catalogue with exactly the messages of the sources; what is translated stays."""
    catalog = read(language)
    fresh = Catalog(locale=to_locale(language), project="Tillgate", charset="utf-8", fuzzy=False)
    for message in template:
        if message.id:
            known = catalog.get(message.id, message.context)
            fresh.add(
                message.id,
                known.string if known and _same_kind(known, message) else None,
                locations=message.locations,
                context=message.context,
            )
    return fresh


def _same_kind(known: Message, message: Message) -> bool:
    return isinstance(known.string, str) is isinstance(message.id, str)


def missing(catalog: Catalog) -> list[Message]:
    """What is not translated, or only perhaps."""
    return [each for each in catalog if each.id and (not _texts(each) or each.fuzzy)]


def _texts(message: Message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return bool(strings) and all(strings)


def po_bytes(catalog: Catalog) -> bytes:
    """The file as it is committed: sorted, without dates or line numbers that change."""
    file = io.BytesIO()
    write_po(file, catalog, sort_output=True, omit_header=False, include_lineno=False, width=100)
    lines = file.getvalue().splitlines(keepends=True)
    dated = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By')
    return b"".join(line for line in lines if not line.startswith(dated))


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled file, the same whenever it is made."""
    catalog.creation_date = catalog.revision_date = _NO_DATE
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()
