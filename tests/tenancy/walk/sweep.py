"""Every page of the console with the own rows, looked at once by each role and asked many things.

To draw a page is what the walk's time goes to: so each is drawn once per role, and what was seen
is kept. Owner and operator look at crowded lists, the owner in Chinese.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.contrib import admin
from django.db import connection
from django.test import Client

from tenancy.models import Staff
from tenancy.roles import Role
from tests.factories.tenancy import StaffFactory
from tests.tenancy.walk.addresses import Address, every_address
from tests.tenancy.walk.crowd import crowd
from tests.tenancy.walk.furnish import World
from tests.tenancy.walk.secrets import plant_secrets
from tests.tenancy.walk.visit import signed_in

CROWDED = {Role.OWNER, Role.OPERATOR}
LANGUAGES = {Role.OWNER: "zh-hans"}


@dataclass(frozen=True)
class Seen:
    """One page as the role got it; ``text`` is empty where it is no text."""

    address: Address
    status: int
    is_html: bool
    text: str
    queries: int


@dataclass(frozen=True)
class Sweep:
    """All pages of ``ours`` as ``staff`` saw them, while ``theirs`` was there too."""

    staff: Staff
    ours: World
    theirs: World
    pages: list[Seen]
    tables: int


def sweep_by(role: Role, ours: World, theirs: World) -> Sweep:
    """Look at every page of ``ours``."""
    plant_secrets(ours)
    if role in CROWDED:
        crowd(ours)
    acquirer = None if role is Role.OPERATOR else ours.person.acquirer
    staff = StaffFactory(role=role, acquirer=acquirer, language=LANGUAGES.get(role, "en"))
    client = signed_in(staff)
    # A copy of all that a page knows; nor is each call kept, as a mock would.
    with patch("django.test.client.store_rendered_templates", lambda *_, **__: None):
        pages = [_look(client, address, address.fill(ours)) for address in every_address()]
    return Sweep(staff, ours, theirs, pages, tables=len(admin.site._registry))


def _look(client: Client, address: Address, path: str) -> Seen:
    asked = 0

    def count(execute: Callable[..., Any], *question: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*question)

    with connection.execute_wrapper(count):
        answer = client.get(path)
        text = body(answer)
    is_html = "text/html" in answer.headers.get("Content-Type", "")
    return Seen(address, answer.status_code, is_html, text, asked)


def body(answer: Any) -> str:
    """What an answer holds, whole or sent bit by bit."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode(errors="replace"))
