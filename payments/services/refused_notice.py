"""What is not believed of what came in Alipay's name: shown to operations, within limits."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection
from psycopg.types.json import Jsonb

from connectors.alipay.masking import mask_codes
from connectors.alipay.notification import ForeignNotification, InvalidNotification
from kernel import clock, ids
from merchants.models import PartnerAccount
from payments.models import RefusedNotification

log = structlog.get_logger(__name__)

DAILY_LIMIT = 200  # rows per partner account and day: whoever forges must not fill the disk
FIELDS_LIMIT = 40
# Never stored: who the customer is, and what was signed.
_NOT_KEPT = frozenset({"sign", "sign_type", "buyer_id", "buyer_email", "seller_email"})

_KEEP = """
INSERT INTO payments_refusednotification
       (id, acquirer_id, partner_account_id, payment_id, reason, detail, body, digest,
        times_received, created_at)
SELECT %(id)s, %(acquirer)s, %(account)s, %(payment)s, %(reason)s, %(detail)s, %(body)s,
       %(digest)s, 1, %(now)s
 WHERE (SELECT count(*) FROM payments_refusednotification
         WHERE partner_account_id = %(account)s AND created_at > %(since)s) < %(limit)s
    OR EXISTS (SELECT FROM payments_refusednotification
                WHERE partner_account_id = %(account)s AND digest = %(digest)s)
ON CONFLICT (partner_account_id, digest)
DO UPDATE SET times_received = payments_refusednotification.times_received + 1
"""


class ContradictoryNotification(InvalidNotification):
    """Signed by Alipay, about our payment, and with another amount or currency."""

    def __init__(self, detail: str, payment_id: UUID) -> None:
        super().__init__(detail)
        self.payment_id = payment_id


def kept_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """What is kept of a notification: nothing of the customer, no signature, within bounds."""
    shown = [(name, value) for name, value in fields.items() if name not in _NOT_KEPT]
    return {_text(name, 64): _text(mask_codes(value), 512) for name, value in shown[:FIELDS_LIMIT]}


def _text(value: str, limit: int) -> str:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair."""
    return value[:limit].replace("\x00", "").encode("utf-8", "replace").decode()


def keep_refused(
    account: PartnerAccount, fields: Mapping[str, str], refusal: InvalidNotification
) -> None:
    """Keep it once, count it when it comes again; beyond DAILY_LIMIT it is only logged."""
    now, body = clock.now(), kept_fields(fields)
    log.error("notification_refused", account=account.public_id, detail=str(refusal))
    params: dict[str, Any] = {
        "id": ids.new_uuid(),
        "acquirer": account.acquirer_id,
        "account": account.id,
        "payment": getattr(refusal, "payment_id", None),
        "reason": _reason(refusal).value,
        "detail": str(refusal)[:200],
        "body": Jsonb(body),
        "digest": hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest(),
        "now": now,
        "since": now - timedelta(days=1),
        "limit": DAILY_LIMIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, params)


def _reason(refusal: InvalidNotification) -> RefusedNotification.Reason:
    if isinstance(refusal, ContradictoryNotification):
        return RefusedNotification.Reason.CONTRADICTORY
    if isinstance(refusal, ForeignNotification):
        return RefusedNotification.Reason.FOREIGN
    return RefusedNotification.Reason.FORGED
