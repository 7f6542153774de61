"""The e-mail to an acquirer's operations about new incidents: owed by their rows until sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID

import structlog
from django.core.mail import send_mail
from django.db import connection

from kernel import clock
from portal.health.sentences import tell
from portal.models import Incident
from tenancy.models import Staff
from tenancy.postgres import release_connection
from tenancy.roles import Role
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

MAILS_AN_HOUR = 6  # to one acquirer; what comes meanwhile stands in its next one
_LEASE = timedelta(minutes=2)
_BATCH_LIMIT = 200
_WHO = (Role.OWNER, Role.OPERATIONS)
_CLAIM = """
UPDATE portal_incident SET mail_due_at = %(until)s
 WHERE id = ANY (ARRAY(SELECT id FROM portal_incident WHERE mail_due_at <= %(now)s
               ORDER BY mail_due_at LIMIT %(limit)s
               FOR NO KEY UPDATE SKIP LOCKED))
RETURNING id, acquirer_id
"""


def tell_operations() -> int:
    """Send what is due, one mail for each acquirer; how many were sent. What fails, and what is
    above the limit of an hour, is due again after a while."""
    now = clock.now()
    with platform_scope():
        claimed: dict[UUID, list[UUID]] = {}
        with connection.cursor() as cursor:
            params: dict[str, Any] = {"until": now + _LEASE, "now": now, "limit": _BATCH_LIMIT}
            cursor.execute(_CLAIM, params)
            for row_id, acquirer_id in cursor.fetchall():
                claimed.setdefault(acquirer_id, []).append(row_id)
        return sum(_tell(acquirer, rows, now) for acquirer, rows in claimed.items())


def _tell(acquirer_id: UUID, row_ids: Iterable[UUID], now: datetime) -> bool:
    if _mails_since(acquirer_id, now - timedelta(hours=1)) >= MAILS_AN_HOUR:
        return False
    rows = list(
        Incident.objects.filter(id__in=row_ids)
        .select_related("acquirer", "partner_account", "merchant", "store", "terminal", "key")
        .order_by("id")
    )
    staff = Staff.objects.filter(acquirer_id=acquirer_id, is_active=True, role__in=_WHO)
    to = list(staff.values_list("email", flat=True))
    release_connection()
    if to and not _send(rows, to):
        return False
    Incident.objects.filter(id__in=[row.id for row in rows]).update(mail_due_at=None, told_at=now)
    return bool(to)


def _mails_since(acquirer_id: UUID, since: datetime) -> int:
    """Incidents of one mail carry the same moment."""
    rows = Incident.objects.filter(acquirer_id=acquirer_id, told_at__gt=since)
    return rows.order_by().values("told_at").distinct().count()


def _send(rows: list[Incident], to: list[str]) -> bool:
    subject = tell(rows[0]) if len(rows) == 1 else f"{len(rows)} new incidents"
    lines = [f"- {tell(row)}\n  since {row.created_at:%Y-%m-%d %H:%M} UTC" for row in rows]
    text = "\n".join([*lines, "", "Live health in the console shows what is going on now."])
    try:
        send_mail(f"[Tillgate] {subject}"[:200], text, None, to)
    except (OSError, SMTPException) as error:
        log.warning("operations_not_told", incidents=len(rows), error=type(error).__name__)
        return False
    return True
