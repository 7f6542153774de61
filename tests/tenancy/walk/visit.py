"""A sign-in that costs the walk's thousands of requests no questions.

What a request asks of a session, of its person and of a second factor is the same on every page,
and tests/tenancy/signin proves it. It was two fifths of the walk's CPU.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from django.test.utils import override_settings

from tenancy.authentication import PasswordBackend
from tenancy.models import Staff
from tenancy.signin.factors import prove_by_enrolling
from tests.factories.tenancy import PASSWORD


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, sessions are kept in this process, and each person is asked for once."""
    known: dict[int, Staff | None] = {}
    ask = PasswordBackend.get_user

    def get_user(backend: PasswordBackend, user_id: int) -> Staff | None:
        if user_id not in known:
            known[user_id] = ask(backend, user_id)
        return known[user_id]

    sessions = override_settings(SESSION_ENGINE="django.contrib.sessions.backends.cache")
    with sessions, patch.object(PasswordBackend, "get_user", get_user):
        cache.clear()
        yield
        cache.clear()


def signed_in(staff: Staff) -> Client:
    """With the password and, as far as the session knows, with a second factor."""
    client = Client(raise_request_exception=False)
    assert client.login(username=staff.email, password=PASSWORD)
    request = HttpRequest()
    request.user, request.session = staff, client.session
    prove_by_enrolling(request)
    request.session.save()
    return client
