"""The e-mail to an acquirer's operations about new incidents."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kernel import clock
from portal.health.sentences import tell
from portal.models import Incident
from tenancy.owed_mail import Owed, OwedMail, addresses_of, send
from tenancy.roles import Role
from tenancy.scope import platform_scope

MAILS_AN_HOUR = 6  # to one acquirer; what comes meanwhile stands in its next one
_MAIL = OwedMail(model=Incident, due="mail_due_at", lease=timedelta(minutes=2))
_WHO = (Role.OWNER, Role.OPERATIONS)
_NAMED = ("acquirer", "partner_account", "merchant", "store", "terminal", "key")


def tell_operations() -> int:
    """Send what is due, one mail for each acquirer; how many were sent. What fails, and what is
    above the limit of an hour, is due again after a while."""
    now = clock.now()
    with platform_scope():
        return sum(_tell(owed, now) for owed in _MAIL.claim())


def _tell(owed: Owed, now: datetime) -> bool:
    if _mails_since(owed.acquirer_id, now - timedelta(hours=1)) >= MAILS_AN_HOUR:
        return False
    found = Incident.objects.filter(id__in=owed.row_ids).select_related(*_NAMED)
    rows = list(found.order_by("id"))
    to = addresses_of(owed.acquirer_id, _WHO)
    if to and not _send(rows, to):
        return False
    _MAIL.strike(owed, told_at=now)
    return bool(to)


def _mails_since(acquirer_id: UUID, since: datetime) -> int:
    """Incidents of one mail carry the same moment."""
    rows = Incident.objects.filter(acquirer_id=acquirer_id, told_at__gt=since)
    return rows.order_by().values("told_at").distinct().count()


def _send(rows: Sequence[Incident], to: Sequence[str]) -> bool:
    subject = tell(rows[0]) if len(rows) == 1 else f"{len(rows)} new incidents"
    lines = [f"- {tell(row)}\n  since {row.created_at:%Y-%m-%d %H:%M} UTC" for row in rows]
    text = "\n".join([*lines, "", "Live health in the console shows what is going on now."])
    subject = f"[Tillgate] {subject}"[:200]
    return send(to, subject, text, failed="operations_not_told", incidents=len(rows))
