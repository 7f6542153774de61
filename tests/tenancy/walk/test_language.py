"""What a page says it says in the reader's language: no English sentence is left under Chinese."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from tenancy.roles import Role
from tests.factories.tenancy import StaffFactory
from tests.tenancy.walk.addresses import every_address
from tests.tenancy.walk.furnish import furnish

pytestmark = pytest.mark.django_db
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


@pytest.mark.parametrize("role", [Role.OWNER])
def test_no_english_sentence_is_left_under_chinese(role: Role) -> None:
    world = furnish("ACME")
    staff = StaffFactory(role=role, acquirer=world.person.acquirer, language="zh-hans")
    client = Client()
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    left: dict[str, str] = {}
    seen = 0
    for page in every_address():
        answer = client.get(page.fill(world))
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        seen += 1
        left |= {said: page.name for said in english_of(answer.content.decode())}

    assert seen > 50
    assert left == {}
