"""The signature of what we send: Standard Webhooks, by its own library."""

import base64
import json
import secrets
from collections.abc import Iterable
from datetime import datetime

from standardwebhooks.webhooks import Webhook

from events.models import Event
from kernel.clock import show_time

_SECRET_BYTES = 32


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in Base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def write_body(event: Event) -> str:
    """What is sent: ``type``, ``timestamp`` (when it happened) and ``data`` (the object then)."""
    content = {
        "type": event.type,
        "timestamp": show_time(event.created_at),
        "data": event.payload,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def sign(body: str, *, message_id: str, moment: datetime, keys: Iterable[str]) -> dict[str, str]:
    """The three headers; ``keys`` all sign, so that a receiver may know the old or the new one."""
    signatures = [Webhook(key).sign(msg_id=message_id, timestamp=moment, data=body) for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
