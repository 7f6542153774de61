"""Two workers settle the same day: one of them freezes each batch."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from kernel.clock import ManualClock, using_clock
from settlement.models import Batch, Line, Payout
from settlement.services.settle import Settled, settle
from tenancy.scope import platform_scope
from tests.people import make_person
from tests.settlement.conftest import DAY, NEXT_MORNING, Earn, give_account

WORKERS = 4


@pytest.mark.django_db(transaction=True)
def test_workers_that_settle_the_same_day_freeze_each_batch_once(earn: Earn) -> None:
    first = make_person()
    people = [first, *(make_person(first.acquirer, first.partner_account) for _ in range(4))]
    for person in people:
        give_account(person)
        for _ in range(3):
            earn(person, 1000)
    start = Barrier(WORKERS)

    def work(_: int) -> Settled:
        try:
            start.wait()
            return settle(first.acquirer, DAY, livemode=False)
        finally:
            connection.close()

    with using_clock(ManualClock(NEXT_MORNING)), ThreadPoolExecutor(WORKERS) as threads:
        settled = list(threads.map(work, range(WORKERS)))

    assert sorted(len(each.batches) for each in settled) == [0, 0, 0, 5]
    with platform_scope():
        assert (Batch.objects.count(), Line.objects.count()) == (5, 15)
        assert sorted(Payout.objects.values_list("amount_minor", flat=True)) == [3000] * 5
