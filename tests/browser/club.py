"""A club for the browser's shop, made in a process of its own: a card, and coupons for it.

``python -m tests.browser.club TERMINAL`` prints them as JSON.
"""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

from config.demonstration.stage import environment
from config.supervisor import Supervisor


def make_club(system: Supervisor, terminal: str) -> dict[str, str]:
    """``card`` of a member with 750 points, HKD 1.00 for each hundred; ``coupon`` (HKD 8.00 off for
    that member) and ``withdrawn``, another of it."""
    done = subprocess.run(  # noqa: S603
        (sys.executable, "-m", "tests.browser.club", terminal),
        env=environment(system), capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    made: dict[str, str] = json.loads(done.stdout)
    return made


def main(terminal_id: str) -> None:
    """Print what a customer brings."""
    import django

    django.setup()
    from django.db import transaction

    from config.demonstration.club import Club
    from kernel import clock
    from kernel.ids import new_uuid
    from loyalty.member_state import EntryKind
    from loyalty.models import BurnRule, Coupon
    from loyalty.services.issue import issue_to_member, withdraw
    from loyalty.services.lock import lock_member
    from loyalty.services.points import Cause, add_points
    from merchants.models import Terminal
    from tenancy.scope import platform_scope, tenant_scope

    with platform_scope():
        found = Terminal.objects.select_related("store__merchant__acquirer")
        merchant = found.get(id=Terminal.public_id_to_uuid(terminal_id)).store.merchant
    with tenant_scope(merchant.acquirer_id):
        now = clock.now()
        club = Club.open(merchant, at=now - timedelta(days=1), until=now + timedelta(days=1))
        member: Any = club._join()
        good, bad = (issue_to_member(club.welcome, member, issued_by="tests") for _ in range(2))
        withdraw(Coupon.objects.get(id=bad.id))
        BurnRule.objects.create(
            acquirer=merchant.acquirer, programme=club.programme, currency="HKD"
        )
        with transaction.atomic():
            locked = lock_member(member.id)
            add_points(locked, EntryKind.ADJUST, 750, Cause("adjustment", new_uuid()))
    print(json.dumps({"card": member.card_number, "coupon": good.code, "withdrawn": bad.code}))


if __name__ == "__main__":
    main(sys.argv[1])
