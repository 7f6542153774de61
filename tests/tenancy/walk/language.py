"""The English sentences of a page."""

import re
from html.parser import HTMLParser

# Five words of Latin letters in a row are a sentence, not a name, a code or a path.
_SENTENCE = re.compile(r"[A-Za-z][a-z']+(?:,? [a-z']+){4,}")
_SILENT = ("script", "style", "pre", "code", "textarea", "template", "option")


class Words(HTMLParser):
    """The words that a page shows, without scripts, code and what people have typed."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(" ".join(data.split()))


def english_of(text: str) -> set[str]:
    words = Words()
    words.feed(text)
    return {said for said in words.said if _SENTENCE.search(said)}
