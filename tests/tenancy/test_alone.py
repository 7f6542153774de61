"""One process at a work, and nobody in the way of another work; on real transactions."""

import re
from collections import Counter

import pytest
from django.db import transaction

from loyalty.services import copy_baskets
from portal.services import watch
from tenancy.alone import is_alone
from tests.racing import at_once
from tests.test_architecture import sources

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(work: str) -> bool:
    """What another connection is told."""

    def ask(_: int) -> bool:
        with transaction.atomic():
            return is_alone(work)

    [said] = at_once(1, ask)
    return said


def test_a_work_is_one_transactions_until_it_ends_and_other_works_go_on() -> None:
    with transaction.atomic():
        assert is_alone("shelf.tidy")
        assert is_alone("shelf.tidy")  # it is still the same one

        assert not elsewhere("shelf.tidy")
        assert elsewhere("shelf.count")

    assert elsewhere("shelf.tidy")


def test_every_work_has_a_name_of_its_own() -> None:
    found = [
        name
        for path in sources()
        for name in re.findall(r'is_alone\("(.+?)"\)', path.read_text(encoding="utf-8"))
    ]

    assert {"portal.watch", "loyalty.copy_baskets"} <= set(found)
    assert [name for name, count in Counter(found).items() if count > 1] == []


def test_who_watches_does_not_wait_for_who_copies_baskets(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(watch, "find_now", lambda now: looked.append("found") or [])
    monkeypatch.setattr(copy_baskets, "_copy_between", lambda *_: at_once(1, _watch)[0])

    def _watch(_: int) -> int:
        return watch.watch_rates()

    copy_baskets.copy_changes()

    assert looked == ["found"]
