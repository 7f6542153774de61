"""Keys that end soon: each notice is noted once with its event; its e-mail is owed until sent.

The event is in the statement that notes the notice.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from events.outbox import publish
from events.types import EventType
from kernel import clock
from merchants.models import AcquirerKey, ApiKey
from tenancy.fragments import Fragment, run
from tenancy.owed_mail import Owed, OwedMail, addresses_of, send
from tenancy.roles import Role
from tenancy.scope import platform_scope

NOTICE_DAYS = (3, 14)  # the nearest first
_BATCH = 200
_MAILS = tuple(
    OwedMail(model=model, due="notice_due_at", lease=timedelta(minutes=5))
    for model in (ApiKey, AcquirerKey)
)
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
        claimed: dict[UUID, list[tuple[OwedMail, Owed]]] = defaultdict(list)
        for mail in _MAILS:
            for owed in mail.claim():
                claimed[owed.acquirer_id].append((mail, owed))
        return sum(_tell(acquirer_id, each) for acquirer_id, each in claimed.items())


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


def _tell(acquirer_id: UUID, claimed: Sequence[tuple[OwedMail, Owed]]) -> bool:
    keys = [key for mail, owed in claimed for key in _keys_of(mail, owed)]
    merchants = {
        key.id: key.merchant.legal_name
        for key in ApiKey.objects.filter(id__in=[key.id for key in keys]).select_related("merchant")
    }
    to = addresses_of(acquirer_id, (Role.OWNER,))
    text = write_text([key for key in keys if key.is_usable], merchants)
    is_sent = bool(to and text)
    if is_sent and not send(to, "[Tillgate] Keys end soon", text, failed="expiry_not_told"):
        return False
    for mail, owed in claimed:
        mail.strike(owed)
    return is_sent


def _keys_of(mail: OwedMail, owed: Owed) -> QuerySet[Any]:
    return mail.model._default_manager.filter(id__in=owed.row_ids).order_by("id")


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
