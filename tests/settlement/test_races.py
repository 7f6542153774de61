"""Two workers settle the same day: one of them freezes each batch."""

import pytest

from kernel.clock import ManualClock, using_clock
from settlement.services.settle import settle
from tests.racing import at_once
from tests.settlement.conftest import DAY, NEXT_MORNING, Earn, assert_settled_once, open_shops

WORKERS = 4


@pytest.mark.django_db(transaction=True)
def test_workers_that_settle_the_same_day_freeze_each_batch_once(earn: Earn) -> None:
    shops = open_shops(earn, merchants=5, sales=3)

    with using_clock(ManualClock(NEXT_MORNING)):
        settled = at_once(WORKERS, lambda _: settle(shops[0].acquirer, DAY, livemode=False))

    assert sorted(len(each.batches) for each in settled) == [0, 0, 0, 5]
    assert_settled_once(shops, sales=3)
