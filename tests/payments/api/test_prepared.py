"""PostgreSQL keeps each statement of a payment's way: a till waits for no planning."""

from itertools import count

import pytest
from psycopg._preparing import Prepare, PrepareManager
from rest_framework.test import APIClient

from tests.fakes import PAID, FakeScheme
from tests.payments.api.test_payments import body
from tests.people import Person

pytestmark = pytest.mark.django_db
Asked = list[tuple[Prepare, str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Each statement that the connection runs from now on, with how."""
    seen: Asked = []
    get = PrepareManager.get

    def get_and_note(manager, query, prepare=None):  # type: ignore[no-untyped-def]
        found = get(manager, query, prepare)
        seen.append((found[0], query.query.decode()))
        return found

    monkeypatch.setattr(PrepareManager, "get", get_and_note)
    return seen


def test_a_payment_plans_nothing_anew_once_its_statements_are_kept(
    api: APIClient, acme: Person, scheme: FakeScheme, asked: Asked
) -> None:
    numbers = count()

    def charge() -> None:
        scheme.will("pay", PAID)
        sent = body(acme, merchant_reference=f"T1-{next(numbers)}")
        answer = api.post("/v1/payments", sent, format="json")
        assert answer.json()["status"] == "succeeded"
        read = api.get(f"/v1/payments/{answer.json()['id']}")
        assert read.json()["status"] == "succeeded"

    charge()
    charge()
    asked.clear()
    charge()

    assert [text for how, text in asked if how is not Prepare.YES] == []
    assert asked
