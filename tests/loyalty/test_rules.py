"""Rules are what counting by hand finds, for any baskets; each merchant's own; swapped whole."""

import csv
import random
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.clock import ManualClock
from loyalty import measures
from loyalty.basket_file import BadRow, Layout, OldLine, read_lines
from loyalty.mining import FoundRule, mine
from loyalty.models import Basket, BasketLine, Rule, RuleSet
from loyalty.services import learn
from loyalty.services.learn import RULE_SETS, ask_rules, learn_rules, sweep_rule_sets
from payments.models import Payment
from tenancy import handing_out
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person

BASKETS = st.lists(st.sets(st.sampled_from("abcdefg"), max_size=5), max_size=40)


def by_hand(baskets: Iterable[Iterable[str]], fewest: int, basket_count: int) -> set[FoundRule]:
    """Every rule, by looking at every combination in every basket: another implementation."""
    sets = [frozenset(basket) for basket in baskets]
    products = sorted(frozenset().union(*sets)) if sets else []

    def count(*wanted: str) -> int:
        return sum(set(wanted) <= basket for basket in sets)

    found = set()
    for size in (1, 2):
        for antecedent in combinations(products, size):
            for consequent in set(products) - set(antecedent):
                both, first = count(*antecedent, consequent), count(*antecedent)
                if both >= fewest and both * basket_count > first * count(consequent):
                    rule = FoundRule(antecedent, consequent, both, first, count(consequent))
                    found.add(rule)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BASKETS, st.integers(1, 4), st.integers(0, 9))
def test_the_rules_are_those_that_counting_by_hand_finds(
    baskets: list[set[str]], fewest: int, empty: int
) -> None:
    kept = [sorted(basket) for basket in baskets if basket]
    found = mine(
        kept,
        basket_count=len(kept) + empty,
        minimum_count=fewest,
        minimum_confidence_basis_points=0,
    )

    assert set(found) == by_hand(kept, fewest, len(kept) + empty)
    assert len(set(found)) == len(found)


def test_the_measures_are_exact() -> None:
    assert measures.show(measures.support(2, 8)) == "0.2500"
    assert measures.show(measures.confidence(2, 3)) == "0.6667"
    assert measures.show(measures.lift(2, 3, 4, 9), 2) == "1.50"


def a_shop(seed: int, sales: int = 400) -> list[list[str]]:
    """Baskets in which bread draws butter, and jam where both are; the rest is chance."""
    draw = random.Random(seed)
    baskets = []
    for _ in range(sales):
        basket = {name for name in ("tea", "milk", "eggs") if draw.random() < 0.2}
        if draw.random() < 0.4:
            basket |= {"bread"} | ({"butter"} if draw.random() < 0.7 else set())
        if {"bread", "butter"} <= basket and draw.random() < 0.5:
            basket.add("jam")
        baskets.append(sorted(basket or {"tea"}))
    return baskets


def write(path: Path, baskets: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(baskets)
    return path


def bring(person: Person, path: Path, *more: str) -> None:
    call_command(
        "import_baskets", str(path), f"--merchant={person.merchant.public_id}", "--json", *more
    )


def learnt(person: Person) -> set[FoundRule]:
    with tenant_scope(person.acquirer.id, person.merchant.id):
        return {
            FoundRule(tuple(rule.antecedent), rule.consequent, rule.both_count,
                      rule.antecedent_count, rule.consequent_count)
            for rule in Rule.objects.all()
        }  # fmt: skip


def learn_now(person: Person) -> RuleSet:
    with tenant_scope(person.acquirer.id):
        row = ask_rules(person.merchant, livemode=False)
        learn_rules(row.id, acquirer_id=row.acquirer_id)
        return RuleSet.objects.get(id=row.id)


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finding without a process of its own."""
    monkeypatch.setattr(learn, "_mine", lambda asked: mine(asked.pop("baskets"), **asked))


@pytest.mark.django_db
def test_imported_baskets_become_rules_each_merchants_own_and_a_new_set_takes_the_olds_place(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock, tmp_path: Path
) -> None:
    ours, theirs = a_shop(1), a_shop(2)
    bring(acme, write(tmp_path / "a.csv", ours), "--layout=baskets")
    bring(rival, write(tmp_path / "r.csv", theirs), "--layout=baskets")
    bring(acme, tmp_path / "a.csv", "--layout=baskets")  # again: nothing is added

    first = learn_now(acme)  # by a process of its own, as a worker does
    assert (first.status, first.basket_count) == ("current", 400)
    assert learnt(acme) == by_hand(ours, 5, 400)
    assert {("bread", "butter"), ("bread",)} <= {rule.antecedent for rule in learnt(acme)}
    assert learnt(rival) == learnt(outsider) == set()
    with platform_scope():
        assert not Payment.objects.exists()

    bring(acme, write(tmp_path / "b.csv", theirs), "--layout=baskets")
    clock.advance(1)
    second = learn_now(acme)

    with platform_scope():
        first.refresh_from_db()
    assert (first.status, second.status, second.basket_count) == ("superseded", "current", 800)
    assert learnt(acme) == by_hand(ours + theirs, 5, 800)


UCI = [
    ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice"],
    ["536365", "85123A", "HANGING HEART", "6", "12/1/2010 8:26", "2.55"],
    ["536365", "71053", "LANTERN", "2", "12/1/2010 8:26", "3.39"],
    ["C536379", "D", "Discount", "-1", "12/1/2010 9:41", "27.50"],
]


@pytest.mark.django_db
def test_a_set_of_lines_is_read_by_its_columns_and_what_came_back_is_passed_over(
    acme: Person, tmp_path: Path
) -> None:
    options = ("--time-format=%m/%d/%Y %H:%M", "--time-zone=Europe/London", "--currency=GBP")
    path = write(tmp_path / "uci.csv", UCI)
    bring(acme, path, *options)
    bring(acme, path, *options)

    with platform_scope():
        basket = Basket.objects.get()
        lines = BasketLine.objects.order_by("number").values_list(
            "sku", "name", "quantity", "unit_amount_minor"
        )
        assert list(lines) == [
            ("85123A", "HANGING HEART", 6, 255),
            ("71053", "LANTERN", 2, 339),
        ]
    assert (basket.reference, basket.amount_minor, basket.currency) == ("536365", 2208, "GBP")
    assert basket.bought_at.isoformat() == "2010-12-01T08:26:00+00:00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"3": "x"}, "row 2, Quantity: 'x' is no number"),
        ({"5": "2.555"}, "row 2, UnitPrice: '2.555' is no amount of GBP"),
        ({"4": "yesterday"}, "row 2, InvoiceDate: 'yesterday' is no time"),
        ({"3": "1e9"}, "row 2, Quantity: '1e9' is no number, or above 1,000,000"),
        ({"3": "NaN"}, "row 2, Quantity: 'NaN' is no number"),
        ({"3": "900000", "5": "900000"}, "row 2, UnitPrice: The amount is below zero, or larger"),
        ({"2": "HEART\0"}, "row 2: It holds a NUL"),
        ({"1": ""}, "row 2, StockCode"),
    ],
)
def test_a_bad_row_is_named_nothing_is_taken_and_it_may_be_passed_over(
    acme: Person, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    faulty = [change.get(str(place), cell) for place, cell in enumerate(UCI[1])]
    path = write(tmp_path / "uci.csv", [UCI[0], faulty, UCI[2]])
    options = ("--time-format=%m/%d/%Y %H:%M", "--currency=GBP")

    with pytest.raises(CommandError, match=said):
        bring(acme, path, *options)
    with platform_scope():
        assert not Basket.objects.exists()
    bring(acme, path, *options, "--skip-bad")
    with platform_scope():
        assert BasketLine.objects.count() == 1


SUPERMARKET = """basket\tsku\tpieces\tcame to\tday
7\tMILK\t3\t5.00\t2017-12-31 23:30:00
7\tHAM\t0.452\t4.07\t2017-12-31 23:30:00
7\tFUEL\t11178\t31.19\t2017-12-31 23:30:00
7\tVOUCHER\t0\t0\t2017-12-31 23:30:00
"""
COLUMNS = ("--basket-column=basket", "--sku-column=sku", "--name-column=", "--time-column=day",
           "--quantity-column=pieces", "--total-column=came to", "--delimiter=tab",
           "--time-zone=America/New_York", "--currency=USD")  # fmt: skip


@pytest.mark.django_db
def test_what_a_line_came_to_is_kept_exactly_also_where_pieces_do_not_divide_it(
    acme: Person, tmp_path: Path
) -> None:
    path = tmp_path / "lines.tsv"
    path.write_text(SUPERMARKET)
    out = StringIO()
    call_command(
        "import_baskets", str(path), f"--merchant={acme.merchant.public_id}", *COLUMNS, stdout=out
    )

    with platform_scope():
        basket = Basket.objects.get()
        lines = BasketLine.objects.order_by("number").values_list(
            "sku", "quantity", "unit_amount_minor"
        )
        assert list(lines) == [("MILK", 3, 167), ("HAM", 1, 407), ("FUEL", 11178, 0)]
    assert (basket.amount_minor, basket.lines_minor) == (4026, 908)
    assert basket.bought_at.isoformat() == "2018-01-01T04:30:00+00:00"
    assert "returned_lines: 1" in out.getvalue()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["bread", "x" * 65], "Longer than 64 characters"),
        (["bread", "jam\0"], "Longer than 64 characters, or with a NUL: 'jam\\x00'"),
        ([f"p{number}" for number in range(1001)], "At most 1000 products"),
    ],
)
def test_a_basket_whose_products_cannot_be_kept_apart_is_named(
    tmp_path: Path, cells: list[str], said: str
) -> None:
    path = write(tmp_path / "baskets.csv", [["milk"], cells])
    layout = Layout("baskets", "HKD", datetime(2026, 11, 1, tzinfo=UTC), ZoneInfo("UTC"))

    milk, bad = read_lines(path, layout)

    assert isinstance(milk, OldLine)
    assert isinstance(bad, BadRow)
    assert (milk.sku, bad.row) == ("milk", 2)
    assert said in bad.message


@pytest.mark.django_db
def test_rows_passed_over_are_counted_and_the_first_of_them_shown(
    acme: Person, tmp_path: Path
) -> None:
    faulty = [[*UCI[1][:3], "x", *UCI[1][4:]]] * 25
    path = write(tmp_path / "uci.csv", [UCI[0], *faulty, UCI[2]])
    out, told = StringIO(), StringIO()
    options = ("--time-format=%m/%d/%Y %H:%M", "--currency=GBP", "--skip-bad")
    merchant = f"--merchant={acme.merchant.public_id}"
    call_command("import_baskets", str(path), merchant, *options, stdout=out, stderr=told)

    said = told.getvalue().splitlines()
    assert (said[0], len(said)) == ("25 rows were passed over:", 21)
    assert "bad_rows: 25" in out.getvalue()
    with pytest.raises(CommandError, match="--delimiter: write one character"):
        call_command("import_baskets", str(path), merchant, "--delimiter=||")


@pytest.mark.django_db
def test_the_year_of_baskets_ends_with_the_newest_so_a_data_set_of_long_ago_has_its_rules(
    acme: Person, tmp_path: Path, in_this_process: None
) -> None:
    old, older = a_shop(1, 100), [["gone", "lost"]] * 20
    bring(acme, write(tmp_path / "a.csv", old), "--layout=baskets", "--date=2011-12-09")
    bring(acme, write(tmp_path / "b.csv", older), "--layout=baskets", "--date=2010-12-08")

    assert learn_now(acme).basket_count == 100
    assert learnt(acme) == by_hand(old, 5, 100) != set()


@pytest.mark.django_db
def test_whoever_has_baskets_is_due_once_a_night_and_a_lost_set_is_due_again(
    acme: Person,
    rival: Person,
    clock: ManualClock,
    tmp_path: Path,
    in_this_process: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(
        handing_out.current_app, "send_task", lambda name, args, **_: sent.append(args)
    )
    bring(acme, write(tmp_path / "a.csv", a_shop(1, 50)), "--layout=baskets")

    assert (sweep_rule_sets(), sweep_rule_sets()) == (1, 1)  # handed out until somebody has it
    with platform_scope():
        row = RuleSet.objects.get()
    assert (row.merchant_id, row.livemode, sent[0][0]) == (acme.merchant.id, False, str(row.id))
    learn_rules(row.id, acquirer_id=row.acquirer_id)
    assert sweep_rule_sets() == 0
    clock.advance(24 * 3600)
    assert sweep_rule_sets() == 1


@pytest.mark.django_db
def test_what_runs_out_of_time_leaves_the_old_set_and_is_given_up_after_three_tries(
    acme: Person, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(acme, write(tmp_path / "a.csv", a_shop(1, 60)), "--layout=baskets")
    with monkeypatch.context() as quick:
        quick.setattr(learn, "_mine", lambda asked: mine(asked.pop("baskets"), **asked))
        learn_now(acme)
    before = learnt(acme)
    clock.advance(60)

    def too_slow(*_: Any, **options: Any) -> Any:
        raise subprocess.TimeoutExpired("mining", options["timeout"])

    monkeypatch.setattr(learn.subprocess, "run", too_slow)
    row = learn_now(acme)
    assert (row.status, row.failure) == ("computing", "It took longer than 600 s.")
    for _ in range(RULE_SETS.tries_limit):
        clock.advance(RULE_SETS.lease.total_seconds() + 1)
        learn_rules(row.id, acquirer_id=row.acquirer_id)

    with platform_scope():
        row.refresh_from_db()
    assert (row.status, row.tries, row.due_at) == ("failed", 3, None)
    assert before
    assert learnt(acme) == before
