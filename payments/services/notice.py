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
from connectors.alipay.notification import Notification as Notice
from connectors.alipay.notification import parse_notification
from kernel import clock, ids
from kernel.errors import NotFound
from merchants.gateways import get_gateway
from merchants.models import PartnerAccount
from payments.services import wake
from tenancy.scope import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

_KEEP = """
INSERT INTO payments_notification
       (id, acquirer_id, partner_account_id, payment_id, notify_id, action, trade_status, body,
        times_received, created_at)
VALUES (%(id)s, %(acquirer)s, %(account)s,
        (SELECT id FROM payments_payment
          WHERE partner_account_id = %(account)s AND partner_trans_id = %(trans)s),
        %(notify_id)s, %(action)s, %(status)s, %(body)s, 1, %(now)s)
ON CONFLICT (partner_account_id, notify_id)
DO UPDATE SET times_received = payments_notification.times_received + 1
RETURNING payment_id
"""
# Due now: in doubt, or ended otherwise than Alipay now says. Old news wakes nobody.
_MAKE_DUE = """
UPDATE payments_payment SET due_at = %(now)s
 WHERE id = %(payment)s
   AND (status IN ('processing', 'canceling', 'reversing', 'taking_back')
        OR (status IN ('failed', 'canceled') AND %(status)s IN ('TRADE_SUCCESS', 'TRADE_FINISHED')))
RETURNING id
"""
_MAKE_REFUND_DUE = """
UPDATE payments_refund SET due_at = %(now)s
 WHERE payment_id = %(payment)s AND partner_refund_id = %(refund)s AND status = 'processing'
RETURNING id
"""
# Never stored: who the customer is, and what was signed.
_NOT_KEPT = ("sign", "sign_type", "buyer_id", "buyer_email", "seller_email")


def receive_notification(account_id: UUID, fields: Mapping[str, str]) -> None:
    """Verify, keep, and make due what it is about; returns once the row is safe.

    Raises NotFound for an unknown account and InvalidNotification for a forged or foreign one;
    then nothing was written.
    """
    with platform_scope():
        account = PartnerAccount.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound("not_found", "No such partner account.")
    acquirer_id: UUID = account.acquirer_id
    gateway = get_gateway(account.id, acquirer_id=acquirer_id, version=account.updated_at)
    notice = parse_notification(fields, GatewayConfig.from_settings(gateway.settings))
    with tenant_scope(acquirer_id):
        _keep(account, notice, fields)


def _keep(account: PartnerAccount, notice: Notice, fields: Mapping[str, str]) -> None:
    now = clock.now()
    body = {name: value[:512] for name, value in fields.items() if name not in _NOT_KEPT}
    params: dict[str, Any] = {
        "id": ids.new_uuid(),
        "acquirer": account.acquirer_id,
        "account": account.id,
        "trans": notice.partner_trans_id,
        "notify_id": notice.notify_id,
        "action": notice.action or "",
        "status": notice.trade_status or "",
        "body": Jsonb(body),
        "now": now,
        "refund": notice.partner_refund_id or "",
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, params)
        row = cursor.fetchone()
        payment_id = row[0] if row else None
        if payment_id is None:
            log.warning("notification_of_unknown_payment", partner_trans_id=notice.partner_trans_id)
            return
        due: dict[str, Any] = {"now": now, "payment": payment_id}
        cursor.execute(_MAKE_DUE, due | {"status": params["status"]})
        is_payment_due = cursor.fetchone() is not None
        cursor.execute(_MAKE_REFUND_DUE, due | {"refund": params["refund"]})
        refund = cursor.fetchone()
    if is_payment_due:
        _wake(wake.DRIVE_PAYMENT, payment_id, account)
    if refund is not None:
        _wake(wake.DRIVE_REFUND, refund[0], account)


def _wake(task: str, row_id: UUID, account: PartnerAccount) -> None:
    wake.wake_driver(task, row_id, acquirer_id=account.acquirer_id, due_at=clock.now())
