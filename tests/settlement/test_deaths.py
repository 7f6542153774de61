"""Whoever is killed in the middle of settling, of making files or of comparing, the next one ends
it, and nothing is there twice; and two that do the same at once do it once."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from kernel.clock import ManualClock, using_clock
from settlement.models import Batch, Break, File, FileKind, Line, Run, SchemeFile, SchemeRow
from settlement.services.make_files import LEASE, make_due_files
from settlement.services.settle import settle
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person
from tests.settlement.conftest import DAY, Earn, assert_settled_once, open_shops
from tests.settlement.deaths import begin, done, held_at, kill_at, manage, wait_until_held
from tests.settlement.reconcile.conftest import Books, _folder, books
from tests.settlement.test_files import read_kept
from tests.storing import keep_in

__all__ = ["_folder", "books"]
pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)
MAKE_FILES = (
    "-c",
    """
import django, manage
django.setup()
from settlement.services.make_files import make_due_files
make_due_files()
""",
)


@pytest.fixture
def shops(earn: Earn) -> list[Person]:
    """Three merchants of one acquirer, each with two sales of 10.00 in a day that has ended."""
    return open_shops(earn, merchants=3, sales=2)


def settling(shops: list[Person]) -> tuple[str, ...]:
    slug = shops[0].acquirer.slug
    return manage("settle", "--acquirer", slug, "--date", DAY.isoformat())


@pytest.mark.parametrize("table", ["settlement_batch", "events_event", "settlement_filing"])
def test_settling_that_was_killed_is_done_by_the_next(shops: list[Person], table: str) -> None:
    kill_at(table, *settling(shops))
    with platform_scope():
        assert (Batch.objects.count(), Line.objects.count()) == (0, 0)

    assert done(begin(*settling(shops)))["batches"] == "3"
    assert done(begin(*settling(shops)))["batches"] == "0"
    assert_settled_once(shops, sales=2)


def test_two_processes_that_settle_the_same_day_freeze_each_batch_once(
    shops: list[Person],
) -> None:
    with held_at("settlement_batch") as owner:
        both = begin(*settling(shops)), begin(*settling(shops))
        wait_until_held(owner, *both)
    assert sorted(done(each)["batches"] for each in both) == ["0", "3"]
    assert_settled_once(shops, sales=2)


def test_files_whose_maker_was_killed_are_made_by_the_next(
    shops: list[Person], tmp_path: Path, settings: Settings
) -> None:
    keep_in(tmp_path, settings)
    settle(shops[0].acquirer, DAY, livemode=False)

    kill_at("settlement_file", *MAKE_FILES, TILLGATE_SETTLEMENT_FILES_DIR=str(tmp_path))
    with platform_scope():
        assert File.objects.count() == 0

    later = datetime.now(UTC) + LEASE + LEASE
    with using_clock(ManualClock(later)):
        assert (make_due_files(), make_due_files()) == (3, 0)
    with platform_scope():
        rows = list(File.objects.all())
    kinds = [row.kind for row in rows]
    assert [kinds.count(kind) for kind in FileKind if kind != FileKind.FEE_INVOICE] == [3, 3, 3, 3]
    for row in rows:
        assert hashlib.sha256(read_kept(row)).hexdigest() == row.sha256


@pytest.fixture
def comparing(books: Books, outsider: Person, tmp_path: Path) -> Callable[[], tuple[str, ...]]:
    """The command that takes a file with one wrong amount of two, and compares the day.

    Another acquirer's file of that day, a wrong one too, is for nobody here.
    """
    theirs = Books(outsider)
    theirs.transactions(theirs.row(theirs.pay(900), amount=901))
    wrong, right = books.pay(12_050), books.pay(700)
    name, content = books.transaction_file(books.row(wrong, amount=12_000), books.row(right))
    path, acquirer = tmp_path / name, books.person.acquirer.slug
    path.write_bytes(content)
    return lambda: manage(
        "reconcile", "--acquirer", acquirer, "--date", "2026-11-18", "--file", str(path)
    )


@pytest.mark.parametrize("table", ["settlement_schemerow", "settlement_break"])
def test_comparing_that_was_killed_is_done_at_once_by_the_next(
    books: Books, comparing: Callable[[], tuple[str, ...]], table: str, tmp_path: Path
) -> None:
    told = {"TILLGATE_SCHEME_FILES_DIR": str(tmp_path)}
    kill_at(table, *comparing(), **told)
    assert books.breaks() == []

    first = done(begin(*comparing(), **told))
    second = done(begin(*comparing(), **told))

    assert (first["opened"], second["opened"], second["mended"]) == ("1", "0", "0")
    assert [(kind, risk) for kind, _, risk in books.breaks()] == [("amount", 50)]
    with platform_scope():
        assert (Break.objects.count(), Run.objects.count()) == (1, 1)
    with tenant_scope(books.person.acquirer.id):
        [loaded] = SchemeFile.objects.filter(state="loaded")
        assert SchemeRow.objects.filter(file=loaded).count() == 2


def test_two_processes_that_compare_the_same_day_find_each_break_once(
    books: Books, comparing: Callable[[], tuple[str, ...]], tmp_path: Path
) -> None:
    told = {"TILLGATE_SCHEME_FILES_DIR": str(tmp_path)}
    with held_at("settlement_break") as owner:
        both = begin(*comparing(), **told), begin(*comparing(), **told)
        wait_until_held(owner, *both)
    assert sorted(done(each)["opened"] for each in both) == ["0", "1"]
    with platform_scope():
        assert Break.objects.get().acquirer_id == books.person.acquirer.id
