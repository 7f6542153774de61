"""What is counted from new rows alone, counted for rows that are new and old at once."""

from collections.abc import Sequence
from datetime import datetime

from config.demonstration.past import REFUND_AFTER
from demo.shop import Sale
from kernel import clock
from loyalty.services.copy_baskets import copy_again
from loyalty.services.sweep import sweep
from portal.services.analyse import recount_insights
from portal.services.count import count_hour, count_slot
from portal.slots import HOUR, begin_of
from tenancy.scope import platform_scope

_ROUNDS = 20  # of points; far more than such a past can need


def count_figures(first: datetime, sales: Sequence[Sale]) -> None:
    """Baskets, points, the dashboard's figures and the insights of these sales."""
    copy_again(first)
    for _ in range(_ROUNDS):
        if not sweep():
            break
    moments = [sale.at for sale in sales]
    moments += [sale.at + REFUND_AFTER for sale in sales if sale.refund_minor]
    with platform_scope():
        for slot in sorted({begin_of(moment) for moment in moments}):
            count_slot(slot)
        for hour in sorted({begin_of(moment, HOUR) for moment in moments}):
            count_hour(hour)
    recount_insights(first, clock.now())
