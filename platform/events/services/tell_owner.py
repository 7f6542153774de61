"""The e-mail to whom an endpoint belongs when we have disabled it."""

from dataclasses import replace
from datetime import timedelta

from events import schedule
from events.models import WebhookEndpoint
from events.models.endpoint import DisabledReason
from tenancy.owed_mail import Owed, OwedMail, send
from tenancy.scope import platform_scope

_MAIL = OwedMail(
    model=WebhookEndpoint,
    due="mail_due_at",
    lease=timedelta(seconds=schedule.MAIL_LEASE_SECONDS),
    at_once=20,
)
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
    with platform_scope():
        return sum(
            _tell(endpoint, replace(owed, row_ids=[endpoint.id]))
            for owed in _MAIL.claim()
            for endpoint in WebhookEndpoint.objects.filter(id__in=owed.row_ids).order_by("id")
        )


def _tell(endpoint: WebhookEndpoint, owed: Owed) -> bool:
    is_sent = send(
        [endpoint.contact_email], _SUBJECT, write_text(endpoint),
        failed="owner_not_told", endpoint=endpoint.public_id,
    )  # fmt: skip
    if is_sent:
        _MAIL.strike(owed)
    return is_sent


def write_text(endpoint: WebhookEndpoint) -> str:
    """What the owner reads."""
    return _TEXT.format(
        url=endpoint.url,
        public_id=endpoint.public_id,
        mode="live" if endpoint.livemode else "test",
        why=DisabledReason(endpoint.disabled_reason).label,
        when=f"{endpoint.disabled_at:%Y-%m-%d %H:%M}",
    )
