"""Days that are due to be compared: found from the tables, whoever brought their files.

Due is a loaded file that no ended run has compared, and a day whose open breaks Alipay was asked
about meanwhile: what it answered may have mended them.
"""

import time
from datetime import date, timedelta
from typing import Any, LiteralString
from uuid import UUID

import structlog
from django.db import connection

from kernel import clock
from kernel.errors import Conflict
from merchants.models import PartnerAccount
from settlement.services.reconcile_day import reconcile_day
from tenancy.scope import acting, platform_scope, tenant_scope

log = structlog.get_logger(__name__)

DAYS_AT_ONCE = 20  # of one round, and none is begun after ROUND_SECONDS; the next does the rest
ROUND_SECONDS = 60
LOOK_BACK_DAYS = 60
ANSWER_TIME = timedelta(minutes=5)  # by then Alipay was asked, and its answer followed
_DUE: LiteralString = """
SELECT file.acquirer_id, file.partner_account_id, file.business_date
  FROM settlement_schemefile file
 WHERE file.state = 'loaded' AND file.business_date >= %(since)s
   AND NOT EXISTS (SELECT FROM settlement_run run
                    WHERE run.file_id = file.id
                      AND (run.ended_at IS NOT NULL OR run.lease_until > %(now)s))
UNION
SELECT run.acquirer_id, run.partner_account_id, run.business_date
  FROM settlement_run run
 WHERE run.way = 'transactions' AND run.business_date >= %(since)s AND run.ended_at IS NOT NULL
   AND EXISTS (SELECT FROM settlement_break b
                WHERE b.acquirer_id = run.acquirer_id AND b.business_date = run.business_date
                  AND b.partner_account_id = run.partner_account_id AND b.state = 'open'
                  AND b.asked_at >= run.ended_at AND b.asked_at <= %(answered)s)
 ORDER BY 3, 2 LIMIT %(limit)s
"""


def compare_due_days() -> int:
    """Compare what is due; how many days."""
    ends, done = time.monotonic() + ROUND_SECONDS, 0
    for acquirer_id, account_id, day in _due():
        if time.monotonic() > ends:
            break
        done += _compare(acquirer_id, account_id, day)
    return done


def _due() -> list[tuple[UUID, UUID, date]]:
    now = clock.now()
    told: dict[str, Any] = {
        "now": now,
        "since": now.date() - timedelta(days=LOOK_BACK_DAYS),
        "answered": now - ANSWER_TIME,
        "limit": DAYS_AT_ONCE,
    }
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_DUE, told)
        due: list[tuple[UUID, UUID, date]] = cursor.fetchall()
    return due


def _compare(acquirer_id: UUID, account_id: UUID, day: date) -> bool:
    with tenant_scope(acquirer_id), acting("task:compare_due_days"):
        account = PartnerAccount.objects.get(pk=account_id)
        try:
            reconcile_day(account, day)
        except Conflict:  # another worker is at it
            return False
        except Exception:
            log.exception("day_not_compared", partner=account.partner_id, day=str(day))
            return False
    return True
