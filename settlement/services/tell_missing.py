"""The e-mail to an acquirer's operations about files that are not there, or came malformed.

It is owed by the rows until sent, under a lease: who dies between the two sends it twice at most.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPException
from typing import LiteralString
from uuid import UUID

import structlog
from django.core.mail import send_mail
from django.db import connection

from kernel import clock
from settlement.models import ExpectedFile
from tenancy.models import Staff
from tenancy.postgres import release_connection
from tenancy.roles import Role
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

_LEASE = timedelta(minutes=5)
_BATCH = 200
_WHO = (Role.OWNER, Role.OPERATIONS, Role.FINANCE)
_CLAIM: LiteralString = """
UPDATE settlement_expectedfile SET tell_at = %(until)s
 WHERE id = ANY (ARRAY(SELECT id FROM settlement_expectedfile WHERE tell_at <= %(now)s
               ORDER BY tell_at LIMIT %(limit)s
               FOR NO KEY UPDATE SKIP LOCKED))
RETURNING id, acquirer_id
"""


def tell_missing_files() -> int:
    """Send what is owed, one e-mail for each acquirer; how many were sent."""
    now = clock.now()
    with platform_scope():
        claimed: dict[UUID, list[UUID]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"until": now + _LEASE, "now": now, "limit": _BATCH})
            for row_id, acquirer_id in cursor.fetchall():
                claimed[acquirer_id].append(row_id)
        return sum(_tell(acquirer_id, rows) for acquirer_id, rows in claimed.items())


def _tell(acquirer_id: UUID, row_ids: Sequence[UUID]) -> bool:
    found = ExpectedFile.objects.filter(id__in=row_ids).select_related("partner_account")
    rows = list(found.order_by("business_date", "kind", "id"))
    staff = Staff.objects.filter(acquirer_id=acquirer_id, is_active=True, role__in=_WHO)
    to = list(staff.order_by("id").values_list("email", flat=True))
    text = write_text(rows)
    release_connection()
    if to and not _send(to, text):
        return False
    told = ExpectedFile.objects.filter(id__in=row_ids)
    told.update(tell_at=None, told_at=clock.now() if to else None)
    return bool(to)


def write_text(rows: Sequence[ExpectedFile]) -> str:
    """The e-mail."""
    lines = [
        f"- {row.kind} file of {row.business_date}, partner {row.partner_account.partner_id}"
        f" ({'live' if row.livemode else 'test'}): {row.said}"
        for row in rows
    ]
    last = "They are looked for again and again; the page of expected files shows how it goes."
    return "\n".join(["These files of Alipay's could not be taken:", "", *lines, "", last])


def _send(to: list[str], text: str) -> bool:
    try:
        send_mail("[Tillgate] Daily files are missing", text, None, to)
    except (OSError, SMTPException) as error:
        log.warning("missing_files_not_told", error=type(error).__name__)
        return False
    return True
