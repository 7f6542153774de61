"""Issuing a launch's coupons in batches, each a transaction: exactly one to each member.

The tables say what is owed (law 7). A worker that dies in a batch leaves nothing of it; one that
dies between two leaves a launch that is due again when its lease ends. Two workers at one launch
take turns by its lock, and who waits in the audience is taken by one of them.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from kernel import clock, ids
from loyalty.audience import MAY_BE_TOLD
from loyalty.coupon_codes import new_code
from loyalty.launch_state import LaunchStatus
from loyalty.models import Launch
from loyalty.services.issue import is_over
from loyalty.services.launch import end
from tenancy.due_work import TOO_OFTEN, LimitedWork
from tenancy.scope import acting, tenant_scope

BATCH_LIMIT = 1000  # coupons in one statement
BATCHES = 1000  # in one task; a larger launch is due again
LAUNCHES = LimitedWork(
    model=Launch,
    task="loyalty.issue_launch",
    every_seconds=3,
    lease=timedelta(seconds=60),
    related=("campaign",),
    tries_limit=5,  # that end a worker before its first batch
)
# Who has left meanwhile gets nothing. A code that is taken already leaves its member waiting for
# the next batch.
_ISSUE = f"""
WITH batch AS MATERIALIZED (
    SELECT id, member_id FROM loyalty_audiencemember
     WHERE launch_id = %(launch)s AND status = 'waiting'
     ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE),
told AS MATERIALIZED (
    SELECT batch.id, batch.member_id, row_number() OVER (ORDER BY batch.id) AS place,
           COALESCE({MAY_BE_TOLD}, false) AS may_be
      FROM batch LEFT JOIN loyalty_member AS member ON member.id = batch.member_id),
issued AS (
    INSERT INTO loyalty_coupon (id, acquirer_id, campaign_id, livemode, code, status, uses_limit,
                                member_id, issued_by, reserved_count, redeemed_count, created_at)
    SELECT new.id, %(acquirer)s, %(campaign)s, %(livemode)s, new.code, 'active', 1,
           told.member_id, %(by)s, 0, 0, %(now)s
      FROM told JOIN unnest(%(ids)s::uuid[], %(codes)s::text[]) WITH ORDINALITY
           AS new (id, code, place) ON new.place = told.place
     WHERE told.may_be
        ON CONFLICT (acquirer_id, livemode, code) DO NOTHING
    RETURNING id, member_id),
done AS (
    UPDATE loyalty_audiencemember AS kept
       SET coupon_id = issued.id,
           status = CASE WHEN issued.id IS NOT NULL THEN 'issued' ELSE 'withheld' END
      FROM told LEFT JOIN issued ON issued.member_id = told.member_id
     WHERE kept.id = told.id AND (issued.id IS NOT NULL OR NOT told.may_be)
    RETURNING kept.status)
SELECT (SELECT count(*) FROM told), count(*) FILTER (WHERE status = 'issued'),
       count(*) FILTER (WHERE status = 'withheld') FROM done
"""  # noqa: S608 - words of ours


def issue_launch(launch_id: UUID, *, acquirer_id: UUID) -> int:
    """Issue what a due launch still owes; how many coupons. Nothing if another worker has it."""
    with tenant_scope(acquirer_id):
        return LAUNCHES.go_on(launch_id, issue_batch, steps=BATCHES)


def issue_batch(launch: Launch) -> int | None:
    """Coupons for the next members who wait; how many. None: it has ended, or is another's."""
    with transaction.atomic():
        row = LAUNCHES.hold(launch)
        if row is None:
            return None
        if is_over(row.campaign):
            end(row, LaunchStatus.STOPPED, why=gettext_noop("The campaign ended first."))
            return None
        if LAUNCHES.is_one_too_many(row):
            end(row, LaunchStatus.STOPPED, why=TOO_OFTEN)
            return None
        with acting(row.launched_by, origin=row.public_id):
            taken, issued, withheld = _issue(row)
        row.issued_count += issued
        row.withheld_count += withheld
        if not taken:
            end(row, LaunchStatus.ISSUED)
            return None
        LAUNCHES.renew(row)
        row.save()
    return issued


def _issue(row: Launch) -> tuple[int, int, int]:
    codes: set[str] = set()
    while len(codes) < BATCH_LIMIT:
        codes.add(new_code())
    said: dict[str, Any] = {
        "launch": row.id,
        "acquirer": row.acquirer_id,
        "campaign": row.campaign_id,
        "livemode": row.campaign.livemode,
        "by": row.launched_by,
        "now": clock.now(),
        "limit": BATCH_LIMIT,
        "ids": [ids.new_uuid() for _ in codes],
        "codes": list(codes),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ISSUE, said)
        [(taken, issued, withheld)] = cursor.fetchall()
    return int(taken), int(issued), int(withheld)
