"""One worker at a time for what a row owes, whoever dies or is slow, on real transactions."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from kernel import clock as time
from kernel.clock import ManualClock
from loyalty.models import RuleSet
from merchants.models import MerchantImport
from merchants.services.imports import IMPORTS
from tenancy import handing_out
from tenancy.due_work import DueWork, LeaseLost, LimitedWork
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = timedelta(seconds=60)
WORK = DueWork(
    model=MerchantImport, task="shelf.tidy", every_seconds=3, lease=LEASE, related=("acquirer",)
)


def owed_by(person: Person) -> MerchantImport:
    """A row that is due now."""
    with tenant_scope(person.acquirer.id):
        return IMPORTS.bring(
            acquirer=person.acquirer, file_name="m.csv", content=b"x", actor="staff:ada"
        )


def rule_set_of(person: Person) -> RuleSet:
    whose = {"acquirer": person.acquirer, "merchant": person.merchant}
    with platform_scope():
        return RuleSet.objects.create(**whose, livemode=False, due_at=time.now())


def take(row: MerchantImport, **facts: Any) -> MerchantImport:
    taken = WORK.take(row.id, **facts)
    assert taken is not None
    return taken


def written(row: MerchantImport) -> tuple[int, str]:
    with platform_scope():
        found = MerchantImport.objects.get(id=row.id)
    return found.rows_done, found.taken_by


def test_of_many_workers_one_takes_the_row(acme: Person) -> None:
    row = owed_by(acme)

    def try_to_take(number: int) -> str:
        with tenant_scope(acme.acquirer.id):
            taken = WORK.take(row.id, taken_by=f"worker {number}")
            return "" if taken is None else taken.taken_by

    said = at_once(8, try_to_take)

    [name] = filter(None, said)
    assert written(row) == (0, name)


def test_what_is_not_due_yet_or_is_anothers_tenants_is_not_taken(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    mine, theirs = owed_by(acme), owed_by(outsider)
    with tenant_scope(acme.acquirer.id):
        assert WORK.take(theirs.id, taken_by="thief") is None
        later = take(mine)
        later.rest(time.now() + timedelta(seconds=5))
        later.save()
        clock.advance(4.9)
        assert WORK.take(mine.id, taken_by="too early") is None
        clock.advance(0.1)
        assert take(mine).acquirer.slug == acme.acquirer.slug

    assert (written(mine), written(theirs)) == ((0, ""), (0, ""))


def test_who_has_lost_the_lease_writes_nothing_any_more(acme: Person, clock: ManualClock) -> None:
    row = owed_by(acme)
    with tenant_scope(acme.acquirer.id):
        slow = take(row)
        WORK.keep(slow, rows_done=1)
        clock.advance(LEASE.total_seconds())
        quick = take(row)

        with pytest.raises(LeaseLost):
            WORK.keep(slow, rows_done=2)
        with transaction.atomic():
            assert WORK.hold(slow) is None
        assert written(row) == (1, "")

        WORK.keep(quick, rows_done=3)
        with transaction.atomic():
            assert WORK.hold(quick) == row
    assert written(row) == (3, "")


def test_each_word_renews_the_lease(acme: Person, clock: ManualClock) -> None:
    row = owed_by(acme)
    with tenant_scope(acme.acquirer.id):
        worker = take(row)
        clock.advance(59)
        WORK.keep(worker, rows_done=1)
        clock.advance(59)
        with transaction.atomic():
            held = WORK.hold(worker)
            assert held is not None
            WORK.renew(held)
            held.save()
        clock.advance(59)
        assert WORK.take(row.id) is None
        clock.advance(1)
        assert WORK.take(row.id) is not None


def test_two_who_hold_a_row_take_turns(acme: Person) -> None:
    with tenant_scope(acme.acquirer.id):
        worker = take(owed_by(acme))

    def count(_: int) -> None:
        with tenant_scope(acme.acquirer.id):
            for _turn in range(20):
                with transaction.atomic():
                    held = WORK.hold(worker)
                    assert held is not None
                    held.rows_done += 1
                    held.save()

    at_once(2, count)

    assert written(worker) == (40, "")


def die_at_the_end_of_a_step(worker: MerchantImport) -> None:
    with transaction.atomic():
        held = WORK.hold(worker)
        assert held is not None
        held.rows_done = 2
        held.rest()
        held.save()
        connection.connection.close()  # the system has ended its process


def test_a_worker_that_dies_leaves_nothing_of_its_last_step_and_the_row_to_the_next(
    acme: Person, clock: ManualClock
) -> None:
    row = owed_by(acme)
    with tenant_scope(acme.acquirer.id):
        worker = take(row)
        WORK.keep(worker, rows_done=1)
        with pytest.raises((InterfaceError, OperationalError)):
            die_at_the_end_of_a_step(worker)
        connection.close()

        assert (WORK.take(row.id), written(row)) == (None, (1, ""))
        clock.advance(LEASE.total_seconds())
        assert take(row).rows_done == 1


def test_a_row_that_rests_is_nobodys_and_is_not_due(acme: Person, clock: ManualClock) -> None:
    row = owed_by(acme)
    with tenant_scope(acme.acquirer.id):
        worker = take(row)
        with transaction.atomic():
            held = WORK.hold(worker)
            assert held is not None
            held.rest()
            held.save()
        clock.advance(LEASE.total_seconds())

        with pytest.raises(LeaseLost):
            WORK.keep(worker, rows_done=1)
        with pytest.raises(LeaseLost):  # as nobody's as the row itself
            WORK.keep(held, rows_done=1)
        assert WORK.take(row.id) is None
    assert written(row) == (0, "")


def test_a_worker_goes_on_until_nothing_is_left_or_it_is_anothers_turn(
    acme: Person, clock: ManualClock
) -> None:
    row, left = owed_by(acme), [5, 4, None, 3]
    asked: list[MerchantImport] = []

    def step(held: MerchantImport) -> int | None:
        asked.append(held)
        return left.pop(0)

    with tenant_scope(acme.acquirer.id):
        assert WORK.go_on(row.id, step, steps=1) == 5
        assert WORK.go_on(row.id, step, steps=9) == 0  # it is taken
        assert (asked, left) == ([row], [4, None, 3])
        clock.advance(LEASE.total_seconds())
        assert WORK.go_on(row.id, step, steps=9) == 4
    assert (asked, left) == ([row] * 3, [3])


def test_the_sweep_hands_out_what_is_due_of_every_tenant_the_oldest_first(
    acme: Person, outsider: Person, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(
        handing_out.current_app, "send_task", lambda name, **said: sent.append((name, said))
    )
    rows = []
    for person in (outsider, acme, acme):
        rows.append(owed_by(person))
        clock.advance(1)
    with tenant_scope(acme.acquirer.id):
        take(rows[1])
    few = DueWork(model=MerchantImport, task="shelf.tidy", every_seconds=3, lease=LEASE, at_once=1)

    def of(row: MerchantImport) -> Any:
        args = [str(row.id), str(row.acquirer_id)]
        return "shelf.tidy", {"args": args, "expires": 3, "retry": False}

    assert (WORK.hand_out_due(), sent) == (2, [of(rows[0]), of(rows[2])])
    sent.clear()
    assert (few.hand_out_due(), sent) == (1, [of(rows[0])])


def test_a_try_counts_when_it_begins_and_the_last_one_is_known(
    acme: Person, outsider: Person, clock: ManualClock
) -> None:
    limited = LimitedWork(
        model=RuleSet, task="shelf.tidy", every_seconds=3, lease=LEASE, tries_limit=2
    )
    row, theirs = rule_set_of(acme), rule_set_of(outsider)
    said = []
    with tenant_scope(acme.acquirer.id):
        assert limited.take(theirs.id) is None
        for _ in range(3):  # each dies at once
            taken = limited.take(row.id, status="computing")
            assert taken is not None
            said.append((taken.tries, limited.is_last_try(taken), limited.is_one_too_many(taken)))
            assert limited.take(row.id) is None
            clock.advance(LEASE.total_seconds())

    assert said == [(1, False, False), (2, True, False), (3, True, True)]
    with platform_scope():
        kept = RuleSet.objects.order_by("status").values_list("status", "tries")
        assert list(kept) == [("computing", 3), ("waiting", 0)]
