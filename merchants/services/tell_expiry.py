"""Keys that end soon: each notice is noted once with its event; its e-mail is owed until sent.

The event is in the statement that notes the notice. The e-mail is sent under a lease and struck
off after: a process that dies between the two has it sent twice at most for that death.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID

import structlog
from django.core.mail import send_mail
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from events.outbox import publish
from events.types import EventType
from kernel import clock
from merchants.models import AcquirerKey, ApiKey
from tenancy.fragments import Fragment, run
from tenancy.models import Staff
from tenancy.postgres import release_connection
from tenancy.roles import Role
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

NOTICE_DAYS = (3, 14)  # the nearest first
_LEASE = timedelta(minutes=5)
_BATCH = 200
_NOTE = """
UPDATE merchants_apikey SET noticed_days = %(noted_days)s, notice_due_at = %(noted_at)s
 WHERE id = %(noted_id)s AND revoked_at IS NULL
   AND (noticed_days IS NULL OR noticed_days > %(noted_days)s)
RETURNING id, acquirer_id, merchant_id, livemode
"""
Key = ApiKey | AcquirerKey


def tell_expiry(show: Callable[[ApiKey], dict[str, Any]]) -> int:
    """Note the notices that are due and send their e-mails, one for each acquirer; how many
    e-mails were sent. What fails is due again when its lease is over.

    ``show`` gives a key as the API shows it, without its text, for the event.
    """
    now = clock.now()
    with platform_scope():
        for days in NOTICE_DAYS:
            _note_api_keys(days, now, show)
            _note_acquirer_keys(days, now)
        claimed: dict[UUID, list[Key]] = defaultdict(list)
        for key in [*_claim(ApiKey, now), *_claim(AcquirerKey, now)]:
            claimed[key.acquirer_id].append(key)
        return sum(_tell(acquirer_id, keys) for acquirer_id, keys in claimed.items())


def _due(days: int, now: datetime) -> Q:
    """Keys with an end that near, not told of it, and not issued for a shorter life."""
    length = timedelta(days=days)
    return (
        Q(revoked_at=None, expires_at__gt=now, expires_at__lte=now + length)
        & Q(expires_at__gt=F("created_at") + length)
        & (Q(noticed_days=None) | Q(noticed_days__gt=days))
    )


def _note_api_keys(days: int, now: datetime, show: Callable[[ApiKey], dict[str, Any]]) -> None:
    """A key that was rolled ends because somebody wanted it: it has a successor."""
    successors = ApiKey.objects.filter(replaces=OuterRef("pk"), revoked_at=None)
    for key in ApiKey.objects.filter(_due(days, now), ~Exists(successors)).order_by("id")[:_BATCH]:
        params = {"noted_days": days, "noted_at": now, "noted_id": key.id}
        told = publish(EventType.API_KEY_EXPIRING, payload=show(key), source="noted")
        run([Fragment("noted", _NOTE, params), told], tail="SELECT id FROM noted")


def _note_acquirer_keys(days: int, now: datetime) -> None:
    AcquirerKey.objects.filter(_due(days, now)).update(noticed_days=days, notice_due_at=now)


def _claim(model: type[Key], now: datetime) -> list[Key]:
    """Rows whose e-mail is due and that no other process took meanwhile, under their lease."""
    keys: QuerySet[Any] = model._default_manager.filter(notice_due_at__lte=now)
    claimed = []
    for row in keys.order_by("notice_due_at", "id")[:_BATCH]:
        mine = keys.filter(id=row.id, notice_due_at=row.notice_due_at)
        row.notice_due_at = now + _LEASE
        if mine.update(notice_due_at=row.notice_due_at):
            claimed.append(row)
    return claimed


def _tell(acquirer_id: UUID, keys: Sequence[Key]) -> bool:
    owners = Staff.objects.filter(acquirer_id=acquirer_id, is_active=True, role=Role.OWNER)
    to = list(owners.order_by("id").values_list("email", flat=True))
    merchants = {
        key.id: key.merchant.legal_name
        for key in ApiKey.objects.filter(id__in=[key.id for key in keys]).select_related("merchant")
    }
    text = write_text([key for key in keys if key.is_usable], merchants)
    release_connection()
    if to and text and not _send(to, text):
        return False
    for key in keys:
        mine = type(key)._default_manager.filter(id=key.id, notice_due_at=key.notice_due_at)
        mine.update(notice_due_at=None)
    return bool(to and text)


def write_text(keys: Sequence[Key], merchants: dict[UUID, str]) -> str:
    """The e-mail, without any part of a key but its public prefix; empty if there is no key."""
    if not keys:
        return ""
    lines = [
        f"- {key}, {merchants.get(key.id, 'your own system')}: ends "
        f"{key.expires_at:%Y-%m-%d %H:%M} UTC"
        for key in keys
    ]
    last = "Roll each in the console before it ends: calls with an ended key are refused."
    return "\n".join(["These keys end soon:", "", *lines, "", last])


def _send(to: list[str], text: str) -> bool:
    try:
        send_mail("[Tillgate] Keys end soon", text, None, to)
    except (OSError, SMTPException) as error:
        log.warning("expiry_not_told", error=type(error).__name__)
        return False
    return True
