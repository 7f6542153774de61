"""The console's languages: every word of it is translated, and the compiled files are the same."""

import re

import pytest
from babel.messages.catalog import Message

from config.messages.catalogues import (
    LANGUAGES,
    missing,
    mo_bytes,
    mo_path,
    po_bytes,
    po_path,
    read,
    refresh,
)
from config.messages.gather import gather

_HOLE = re.compile(r"%\(\w+\)\w|%[sd]|\{\w*\}")


def test_every_message_of_the_sources_is_translated() -> None:
    """`make messages` gathers them and says which are missing."""
    gathered = gather()  # once: it reads every template and every module
    for language in LANGUAGES:
        fresh = refresh(language, gathered)

        assert [message.id for message in missing(fresh)] == [], language
        assert po_bytes(fresh).decode() == po_path(language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_written_one_says(language: str) -> None:
    assert mo_path(language).read_bytes() == mo_bytes(read(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_holes_to_fill(language: str) -> None:
    wrong = [message.id for message in read(language) if message.id and not has_same_holes(message)]

    assert wrong == []


def has_same_holes(message: Message) -> bool:
    wanted = message.id if isinstance(message.id, tuple | list) else (message.id,)
    said = message.string if isinstance(message.string, tuple | list) else (message.string,)
    holes = {hole for text in wanted for hole in _HOLE.findall(text)}
    return all(set(_HOLE.findall(str(text))) <= holes for text in said) and all(
        hole in str(said[-1]) for hole in holes
    )
