"""Settling a day: once, to the cent, and only with the entries that belong there."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Event
from kernel.clock import ManualClock, using_clock
from kernel.errors import Conflict
from ledger.selectors import list_trial_balance
from settlement.models import Batch, Day, Line, Payout, Reserve
from settlement.services import settle as settling
from settlement.services.settle import settle
from settlement.services.sweep import settle_ended_days
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person, make_person
from tests.settlement.conftest import (
    DAY,
    NOON,
    Earn,
    assert_settled_once,
    give_account,
    open_shops,
    set_terms,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock: ManualClock) -> ManualClock:
    return clock


def batches_of(person: Person, **filters: Any) -> list[Batch]:
    with tenant_scope(person.acquirer.id):
        return list(Batch.objects.filter(merchant=person.merchant, **filters).order_by("number"))


def books_of(person: Person, *, livemode: bool = False) -> dict[str, int]:
    with tenant_scope(person.acquirer.id):
        lines = list_trial_balance(livemode=livemode)
    return {line.kind: line.balance_minor for line in lines if line.balance_minor}


def settle_day(person: Person, day: date = DAY, *, livemode: bool = False) -> list[Batch]:
    settled = settle(person.acquirer, day, livemode=livemode)
    with tenant_scope(person.acquirer.id):
        return list(
            Batch.objects.filter(pk__in=settled.batches).order_by("merchant_id", "currency")
        )


def test_a_day_is_summed_and_paid_out_to_the_cent(
    acme: Person, outsider: Person, earn: Earn
) -> None:
    give_account(acme)
    earn(acme, 12050)
    earn(acme, 5000)
    earn(acme, -1050)
    earn(outsider, 99900)

    [batch] = settle_day(acme)

    assert (batch.sales_minor, batch.refunds_minor, batch.line_count) == (17050, -1050, 3)
    assert (batch.opening_minor, batch.paid_out_minor, batch.closing_minor) == (0, -16000, 0)
    assert (batch.number, batch.outcome, batch.business_date) == (1, "paid_out", DAY)
    with tenant_scope(acme.acquirer.id):
        payout = Payout.objects.get()
        assert (payout.amount_minor, payout.account_number) == (16000, "012345678901")
        assert (payout.status, payout.pays_on) == ("created", date(2026, 11, 19))
        assert sorted(Line.objects.values_list("gross_minor", flat=True)) == [-1050, 5000, 12050]
    assert books_of(acme) == {"scheme_receivable": 16000, "payout_in_transit": -16000}
    assert batches_of(outsider) == []
    assert books_of(outsider) == {"scheme_receivable": 99900, "merchant_payable": -99900}


def test_a_lines_id_is_its_batchs_with_its_place(acme: Person, earn: Earn) -> None:
    for minutes, minor in ((20, 300), (0, 100), (10, 200)):
        earn(acme, minor, at=NOON + timedelta(minutes=minutes))
    earn(acme, 400, currency="JPY")

    batches = settle_day(acme)

    assert len(batches) == 2
    with tenant_scope(acme.acquirer.id):
        for batch in batches:
            lines = list(batch.lines.order_by("id"))
            assert [line.gross_minor for line in lines] == sorted(
                line.gross_minor for line in lines
            )
            ends = [f"{str(batch.id)[:30]}{place:06x}" for place in range(1, len(lines) + 1)]
            assert [str(line.id) for line in lines] == ends


def test_settling_again_changes_nothing(acme: Person, earn: Earn) -> None:
    give_account(acme)
    earn(acme, 12050)
    settle_day(acme)
    books = books_of(acme)

    assert settle_day(acme) == []

    assert len(batches_of(acme)) == 1
    assert books_of(acme) == books
    with platform_scope():
        assert (Payout.objects.count(), Day.objects.count()) == (1, 1)
        assert Event.objects.filter(type="settlement.ready").count() == 1


def test_a_day_that_has_not_ended_is_refused_and_nothing_moves(
    acme: Person, earn: Earn, clock: ManualClock
) -> None:
    earn(acme, 12050)

    with pytest.raises(Conflict) as refused:
        settle_day(acme, DAY + timedelta(days=1))

    assert refused.value.code == "day_has_not_ended"
    assert batches_of(acme) == []
    assert books_of(acme) == {"scheme_receivable": 12050, "merchant_payable": -12050}


@pytest.mark.parametrize(
    ("at", "settled"),
    [
        ("2026-11-17T15:59:59.999999", 1),  # late: of the day before, that nobody settled
        ("2026-11-17T16:00:00", 1),
        ("2026-11-18T15:59:59.999999", 1),
        ("2026-11-18T16:00:00", 0),  # the next Beijing day
    ],
)
def test_the_cut_off_decides_to_the_microsecond(
    acme: Person, earn: Earn, at: str, settled: int
) -> None:
    earn(acme, 100, at=datetime.fromisoformat(at).replace(tzinfo=UTC))

    assert len(settle_day(acme)) == settled


def test_what_came_late_stands_in_the_next_batch_and_says_where_it_belongs(
    acme: Person, earn: Earn
) -> None:
    earn(acme, 100, at=NOON - timedelta(days=1))
    settle_day(acme, DAY - timedelta(days=1))
    earn(acme, 70, at=NOON - timedelta(days=1))
    earn(acme, 30)

    [batch] = settle_day(acme)

    with tenant_scope(acme.acquirer.id):
        lines = Line.objects.filter(batch=batch).order_by("gross_minor")
        assert [(line.gross_minor, line.business_date) for line in lines] == [
            (30, DAY),
            (70, DAY - timedelta(days=1)),
        ]


def test_a_debt_is_carried_until_sales_have_covered_it(acme: Person, earn: Earn) -> None:
    give_account(acme)
    earn(acme, -300)
    [first] = settle_day(acme)
    earn(acme, 1000, at=NOON + timedelta(hours=12))

    second = settle_day_later(acme)

    assert (first.outcome, first.closing_minor) == ("negative", -300)
    assert (second.opening_minor, second.paid_out_minor, second.closing_minor) == (-300, -700, 0)
    assert books_of(acme) == {"scheme_receivable": 700, "payout_in_transit": -700}


def settle_day_later(person: Person) -> Batch:
    """The day after, once it has ended."""
    with using_clock(ManualClock(NOON + timedelta(days=2))):
        [batch] = settle_day(person, DAY + timedelta(days=1))
    return batch


@pytest.mark.parametrize(
    ("terms", "has_account", "outcome"),
    [
        ({"minimum_payouts": {"HKD": 12051}}, True, "below_minimum"),
        ({"minimum_payouts": {"HKD": 12050, "JPY": 99999}}, True, "paid_out"),
        ({"is_held": True, "hold_reason": "bank account changed"}, True, "held"),
        ({}, False, "no_bank_account"),
    ],
)
def test_what_is_not_paid_out_is_carried(
    acme: Person, earn: Earn, terms: dict[str, Any], has_account: bool, outcome: str
) -> None:
    set_terms(acme, **terms)
    if has_account:
        give_account(acme)
    earn(acme, 12050)

    [batch] = settle_day(acme)

    paid = 12050 if outcome == "paid_out" else 0
    assert (batch.outcome, batch.paid_out_minor, batch.closing_minor) == (
        outcome,
        -paid,
        12050 - paid,
    )


def test_a_rolling_reserve_is_held_back_and_released_on_its_day(acme: Person, earn: Earn) -> None:
    give_account(acme)
    set_terms(acme, reserve_basis_points=500, reserve_days=1)
    earn(acme, 1010)
    earn(acme, -10)
    [first] = settle_day(acme)

    second = settle_day_later(acme)

    # 5 % of the sale of 10.10, half up: 0.51.
    assert (first.reserved_minor, first.paid_out_minor) == (-51, -949)
    assert (second.released_minor, second.paid_out_minor, second.line_count) == (51, -51, 0)
    with tenant_scope(acme.acquirer.id):
        assert Reserve.objects.get().released_by_id == second.id
    assert books_of(acme) == {"scheme_receivable": 1000, "payout_in_transit": -1000}


def test_currencies_and_modes_are_settled_apart(acme: Person, earn: Earn) -> None:
    earn(acme, 12050)
    earn(acme, 800, currency="JPY")
    earn(acme, 7, livemode=True)

    test, live = settle_day(acme), settle_day(acme, livemode=True)

    assert [(b.currency, b.sales_minor) for b in test] == [("HKD", 12050), ("JPY", 800)]
    assert [(b.currency, b.sales_minor, b.livemode) for b in live] == [("HKD", 7, True)]


def test_a_merchants_own_terms_stand_before_the_acquirers(acme: Person, earn: Earn) -> None:
    rival = make_person(acme.acquirer, acme.partner_account)
    set_terms(acme)
    set_terms(rival, own=True, cycle="weekly")
    earn(acme, 100)
    earn(rival, 200)

    [batch] = settle_day(acme)

    assert batch.merchant_id == acme.merchant.id
    assert batches_of(rival) == []  # Wednesday ends no week


def test_a_cut_off_in_the_evening_ends_the_day_there(acme: Person, earn: Earn) -> None:
    set_terms(acme, zone="Asia/Hong_Kong", cut_off=time(17))
    earn(acme, 1, at=datetime(2026, 11, 18, 8, 59, 59, tzinfo=UTC))
    earn(acme, 2, at=datetime(2026, 11, 18, 9, tzinfo=UTC))

    [batch] = settle_day(acme)

    assert (batch.sales_minor, batch.ends_at) == (1, datetime(2026, 11, 18, 9, tzinfo=UTC))


def test_the_merchant_is_told_of_its_batch_once(acme: Person, earn: Earn) -> None:
    give_account(acme)
    earn(acme, 12050)
    [batch] = settle_day(acme)

    with platform_scope():
        event = Event.objects.get(type="settlement.ready")
    assert (event.merchant_id, event.payload["id"]) == (acme.merchant.id, batch.public_id)
    assert event.payload["payout"]["amount"] == 12050
    assert event.payload["payout"]["account_number"] == "••••8901"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settlement_batch SET fees_minor = 0",
        "DELETE FROM settlement_batch",
        "UPDATE settlement_line SET gross_minor = 0",
        "DELETE FROM settlement_line",
    ],
)
def test_what_is_frozen_is_never_edited(acme: Person, earn: Earn, statement: str) -> None:
    earn(acme, 12050)
    settle_day(acme)

    with (
        tenant_scope(acme.acquirer.id),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("fault", ["merchant_id", "currency", "batch_id"])
def test_a_line_that_is_not_its_batchs_is_refused(acme: Person, earn: Earn, fault: str) -> None:
    earn(acme, 12050)
    settle_day(acme)
    neighbour = make_person(acme.acquirer, acme.partner_account)
    wrong = {"merchant_id": neighbour.merchant.id, "currency": "JPY", "batch_id": uuid4()}

    with tenant_scope(acme.acquirer.id):
        line = Line.objects.get()
        line.pk, line.entry_id = uuid4(), uuid4()
        setattr(line, fault, wrong[fault])
        with pytest.raises(IntegrityError, match="does not fit its batch"), transaction.atomic():
            line.save(force_insert=True)
        assert Line.objects.count() == 1


def test_days_that_have_ended_are_settled_by_themselves_in_their_order(
    acme: Person, outsider: Person, earn: Earn
) -> None:
    earn(acme, 100, at=NOON - timedelta(days=2))
    earn(acme, 200)
    earn(outsider, 300)

    # Wednesday has ended by nine hours, Thursday has not: three days of one, one of the other.
    assert settle_ended_days() == 4
    assert settle_ended_days() == 0

    assert [b.sales_minor for b in batches_of(acme)] == [100, 0, 200]
    assert [b.sales_minor for b in batches_of(outsider)] == [300]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(amounts=st.lists(st.integers(-50_000, 100_000).filter(bool), max_size=12))
def test_any_day_adds_up_to_the_books(acme: Person, earn: Earn, amounts: list[int]) -> None:
    before, number = books_of(acme), len(batches_of(acme))
    noon = NOON + timedelta(days=number)
    for amount in amounts:
        earn(acme, amount, at=noon)

    with using_clock(ManualClock(noon + timedelta(days=1))):
        batches = settle_day(acme, DAY + timedelta(days=number))

    opening = -before.get("merchant_available", 0)
    if not batches:
        assert (amounts, opening) == ([], 0)
        return
    [batch] = batches
    assert batch.number == number + 1
    assert batch.closing_minor == opening + sum(amounts)
    assert books_of(acme).get("merchant_available", 0) == -batch.closing_minor
    assert "merchant_payable" not in books_of(acme)


def test_each_piece_of_merchants_is_planned_for_those_it_holds(
    monkeypatch: pytest.MonkeyPatch, earn: Earn
) -> None:
    """A plan that PostgreSQL keeps for any merchants compares a day of many sales row by row."""
    monkeypatch.setattr(settling, "PIECE", 1)
    shops = open_shops(earn, merchants=8, sales=2)  # the seventh would have a kept plan

    settle(shops[0].acquirer, DAY, livemode=False)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%INSERT INTO settlement_line%"],
        )
        assert cursor.fetchall() == []
    assert_settled_once(shops, sales=2)
