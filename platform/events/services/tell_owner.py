"""The e-mail to whom an endpoint belongs when we have disabled it: owed by its row until sent."""

from datetime import timedelta
from smtplib import SMTPException

import structlog
from django.core.mail import send_mail
from django.db import connection

from events import schedule
from events.models import WebhookEndpoint
from events.models.endpoint import DisabledReason
from kernel import clock
from tenancy.postgres import release_connection
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

_BATCH_LIMIT = 20
_CLAIM = """
UPDATE events_webhookendpoint SET mail_due_at = %(until)s
 WHERE id = ANY (ARRAY(SELECT id FROM events_webhookendpoint WHERE mail_due_at <= %(now)s
               ORDER BY mail_due_at LIMIT %(limit)s
               FOR NO KEY UPDATE SKIP LOCKED))
RETURNING id
"""
_DONE = "UPDATE events_webhookendpoint SET mail_due_at = NULL WHERE id = %s"
_SUBJECT = "Your webhook endpoint was disabled"
_TEXT = """\
We do not send events to this endpoint any more:

  {url}
  {public_id}, {mode} mode

Why: {why}.
When: {when} (UTC)

What was not sent is kept. When the endpoint works again, enable it and replay the events of
the time in between: PATCH and POST …/replay of /v1/webhook_endpoints/{public_id}.
"""


def tell_owners() -> int:
    """Send the e-mails that are due; how many were sent. What fails is due again after a while."""
    now = clock.now()
    until = now + timedelta(seconds=schedule.MAIL_LEASE_SECONDS)
    with platform_scope():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"until": until, "now": now, "limit": _BATCH_LIMIT})
            claimed = [row[0] for row in cursor.fetchall()]
        return sum(_tell(endpoint) for endpoint in WebhookEndpoint.objects.filter(id__in=claimed))


def _tell(endpoint: WebhookEndpoint) -> bool:
    release_connection()
    try:
        send_mail(_SUBJECT, write_text(endpoint), None, [endpoint.contact_email])
    except (OSError, SMTPException) as error:
        log.warning("owner_not_told", endpoint=endpoint.public_id, error=type(error).__name__)
        return False
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [endpoint.id])
    return True


def write_text(endpoint: WebhookEndpoint) -> str:
    """What the owner reads."""
    return _TEXT.format(
        url=endpoint.url,
        public_id=endpoint.public_id,
        mode="live" if endpoint.livemode else "test",
        why=DisabledReason(endpoint.disabled_reason).label,
        when=f"{endpoint.disabled_at:%Y-%m-%d %H:%M}",
    )
