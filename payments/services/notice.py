"""A notification from Alipay: kept once, then the payment is asked about at once.

Its content decides nothing. It is a reason to query, and the query's answer is applied (§3.6).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from django.db import connection
from psycopg.types.json import Jsonb

from connectors.alipay.config import GatewayConfig
from connectors.alipay.notification import InvalidNotification, parse_notification
from connectors.alipay.notification import Notification as Notice
from kernel import clock, ids
from kernel.errors import NotFound
from kernel.money import Money
from merchants.gateways import get_gateway
from merchants.models import PartnerAccount
from payments.services import wake
from payments.services.refused_notice import (
    ContradictoryNotification,
    keep_refused,
    kept_fields,
)
from tenancy.prepared import prepared
from tenancy.scope import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

_FIND = """
SELECT id, merchant_id, amount_minor, currency FROM payments_payment
 WHERE partner_account_id = %(account)s AND partner_trans_id = %(trans)s
"""
_KEEP = """
INSERT INTO payments_notification
       (id, acquirer_id, merchant_id, partner_account_id, payment_id, notify_id, action,
        trade_status, body, times_received, created_at)
VALUES (%(id)s, %(acquirer)s, %(merchant)s, %(account)s, %(payment)s, %(notify_id)s, %(action)s,
        %(status)s, %(body)s, 1, %(now)s)
ON CONFLICT (partner_account_id, notify_id)
DO UPDATE SET times_received = payments_notification.times_received + 1
"""
# Due now: in doubt, or ended otherwise than Alipay now says. Old news wakes nobody.
_MAKE_DUE = """
UPDATE payments_payment SET due_at = %(now)s
 WHERE id = %(payment)s
   AND (status IN ('processing', 'canceling', 'reversing', 'taking_back')
        OR (status IN ('failed', 'canceled') AND %(status)s IN ('TRADE_SUCCESS', 'TRADE_FINISHED'))
        OR (status = 'succeeded' AND %(status)s = 'TRADE_CLOSED'
            AND refund_reserved_minor < amount_minor))
RETURNING id
"""
_MAKE_REFUND_DUE = """
UPDATE payments_refund SET due_at = %(now)s
 WHERE payment_id = %(payment)s AND partner_refund_id = %(refund)s AND status = 'processing'
RETURNING id
"""


@prepared()
def receive_notification(account_id: UUID, fields: Mapping[str, str]) -> None:
    """Verify, keep, and make due what it is about; returns once the row is safe.

    Raises NotFound for an unknown account, and InvalidNotification for a forged, foreign or
    contradictory one: that is kept for operations (refused_notice) and changes nothing else.
    """
    with platform_scope():
        account = PartnerAccount.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound("not_found", "No such partner account.")
    gateway = get_gateway(account.id, acquirer_id=account.acquirer_id, version=account.updated_at)
    with tenant_scope(account.acquirer_id):
        try:
            notice = parse_notification(fields, GatewayConfig.from_settings(gateway.settings))
            payment_id, merchant_id = _find_payment(account, notice)
        except InvalidNotification as refusal:
            keep_refused(account, fields, refusal)
            raise
        _keep(account, notice, fields, payment_id, merchant_id)
        if payment_id is None:
            log.warning("notification_of_unknown_payment", partner_trans_id=notice.partner_trans_id)
        else:
            _make_due(account, notice, payment_id)


def _find_payment(account: PartnerAccount, notice: Notice) -> tuple[UUID | None, UUID | None]:
    """The payment and its merchant, if we know it.

    Raises ContradictoryNotification if the amount is not the payment's.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"account": account.id, "trans": notice.partner_trans_id})
        row = cursor.fetchone()
    if row is None:
        return None, None
    payment_id, merchant_id, amount_minor, currency = row
    if notice.currency is not None and notice.amount != Money(amount_minor, currency):
        raise ContradictoryNotification("the amount or the currency is not ours", payment_id)
    return payment_id, merchant_id


def _keep(
    account: PartnerAccount,
    notice: Notice,
    fields: Mapping[str, str],
    payment_id: UUID | None,
    merchant_id: UUID | None,
) -> None:
    params: dict[str, Any] = {
        "id": ids.new_uuid(),
        "acquirer": account.acquirer_id,
        "account": account.id,
        "payment": payment_id,
        "merchant": merchant_id,
        "notify_id": notice.notify_id,
        "action": notice.action or "",
        "status": notice.trade_status or "",
        "body": Jsonb(kept_fields(fields)),
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, params)


def _make_due(account: PartnerAccount, notice: Notice, payment_id: UUID) -> None:
    due: dict[str, Any] = {
        "now": clock.now(),
        "payment": payment_id,
        "status": notice.trade_status or "",
        "refund": notice.partner_refund_id or "",
    }
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_DUE, due)
        is_payment_due = cursor.fetchone() is not None
        cursor.execute(_MAKE_REFUND_DUE, due)
        refund = cursor.fetchone()
    if is_payment_due:
        _wake(wake.DRIVE_PAYMENT, payment_id, account)
    if refund is not None:
        _wake(wake.DRIVE_REFUND, refund[0], account)


def _wake(task: str, row_id: UUID, account: PartnerAccount) -> None:
    wake.wake_driver(task, row_id, acquirer_id=account.acquirer_id, due_at=clock.now())
