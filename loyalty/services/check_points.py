"""Checking the points: every invariant, one statement each. Changes nothing."""

import structlog

from loyalty.invariants import INVARIANTS
from tenancy.invariants import Broken, look
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope

log = structlog.get_logger(__name__)


def check_points(acquirer: Acquirer) -> list[Broken]:
    """What is wrong with the acquirer's points, live and test; nothing where all is well."""
    with tenant_scope(acquirer.id):
        looked = [look(each, acquirer.id) for each in INVARIANTS]
    broken = [each for each in looked if each.count]
    for each in broken:
        log.error("points_do_not_hold", acquirer=acquirer.slug, rule=each.invariant.name,
                  count=each.count, first=each.first)  # fmt: skip
    return broken


def check_all_points() -> int:
    """Check every acquirer's points; how many faults."""
    return sum(
        broken.count
        for acquirer in Acquirer.objects.order_by("id")
        for broken in check_points(acquirer)
    )
