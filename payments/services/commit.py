"""Committing a new payment: the row, its first attempt and its key, in one statement (law 1)."""

from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from api import kept_keys
from kernel import clock, ids
from merchants.authentication import Principal
from merchants.gateways import Gateway
from payments import schedule
from payments.models import Attempt, Payment
from payments.services.attempts import open_attempt
from payments.services.order import PaymentOrder
from payments.state import Status
from tenancy.fragments import Fragment, run

# The place of sale, if it may sell: one row, or none and then nothing is written.
_PLACE = """
SELECT s.name AS store_name, s.scheme_store_id, m.display_name, m.mcc, m.scheme_merchant_id,
       m.payment_timeout_seconds, t.scheme_terminal_id
  FROM merchants_store s
  JOIN merchants_merchant m ON m.id = s.merchant_id
  LEFT JOIN merchants_terminal t
         ON t.id = %(place_terminal)s::uuid AND t.store_id = s.id AND t.status = 'active'
 WHERE s.id = %(place_store)s::uuid AND s.merchant_id = %(place_merchant)s::uuid
   AND s.status = 'active' AND m.status = 'active'
   AND (%(place_terminal)s::uuid IS NULL OR t.id IS NOT NULL)
   AND (NOT %(place_registered)s::boolean OR EXISTS (
        SELECT 1 FROM merchants_registration r
         WHERE r.store_id = s.id AND r.partner_account_id = %(place_account)s::uuid
           AND r.scheme_store_id = s.scheme_store_id
           AND r.scheme_merchant_id = m.scheme_merchant_id AND r.registered_at IS NOT NULL))
"""
_COLUMNS = (
    "id", "acquirer_id", "merchant_id", "store_id", "terminal_id", "partner_account_id",
    "livemode", "scheme", "status", "due_at", "claim", "amount_minor", "currency",
    "discount_minor", "refund_reserved_minor", "refunded_minor", "merchant_reference",
    "mode", "payment_code_masked", "payment_code_digest", "description", "items",
    "metadata", "member_id", "partner_trans_id", "created_at", "created_by",
)  # fmt: skip
_REDUCED = ("reduction_minor", "reduction_borne_minor", "reductions")
_OPENED = """
INSERT INTO payments_payment ({columns}, expires_at)
SELECT {values},
       %(new_created_at)s + make_interval(
           secs => COALESCE(%(new_timeout)s::int, place.payment_timeout_seconds))
  FROM place{if_free}
ON CONFLICT DO NOTHING
RETURNING id, acquirer_id, merchant_id, expires_at
"""
_KINDS = {
    Payment.Mode.PAYMENT_CODE: Attempt.Kind.PAY,
    Payment.Mode.MERCHANT_QR: Attempt.Kind.PRESENT,
}
_DEFAULT_TIMEOUTS = {  # in seconds; None: what the merchant's settings say
    Payment.Mode.PAYMENT_CODE: None,
    Payment.Mode.MERCHANT_QR: schedule.QR_TIMEOUT_SECONDS,
}
_TAIL = "SELECT place.*, opened.expires_at FROM place LEFT JOIN opened ON true"


def new_payment(principal: Principal, order: PaymentOrder, gateway: Gateway) -> Payment:
    """The row as it will stand; nothing is written. Its id names it at Alipay too (law 2)."""
    payment_id, now = ids.new_uuid(), clock.now()
    return Payment(
        id=payment_id,
        acquirer_id=principal.acquirer_id,
        merchant_id=principal.merchant_id,
        store_id=order.store_id,
        terminal_id=order.terminal_id,
        partner_account_id=gateway.account_id,
        livemode=principal.livemode,
        scheme=gateway.scheme,
        status=Status.PROCESSING.value,
        due_at=now + timedelta(seconds=gateway.first_query_seconds),
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        merchant_reference=order.merchant_reference,
        mode=order.mode.value,
        payment_code_masked=order.code_masked,
        payment_code_digest=order.code_digest,
        description=order.description,
        items=order.items,
        metadata=order.metadata,
        member_id=order.member_id,
        # One word for people who compare both books: the payment's id without its underscore.
        partner_trans_id=ids.encode("pay", payment_id).replace("_", ""),
        created_at=now,
        created_by=principal.actor,
    )


@cache
def _opened(*, is_reduced: bool, has_key: bool) -> str:
    columns = (*_COLUMNS, *_REDUCED) if is_reduced else _COLUMNS
    return _OPENED.format(
        columns=", ".join(columns),
        values=", ".join(f"%(new_{name})s" for name in columns),
        if_free=", free" if has_key else "",
    )


def commit(
    payment: Payment, order: PaymentOrder, attempt_id: UUID, *, needs_registration: bool
) -> tuple[Any, ...] | None:
    """Write it, where the place may sell and nothing stands in the way.

    None: no such place, or it may not sell. Else the place's columns and ``expires_at``, which is
    None where the reference or the key is taken.
    """
    place = Fragment(
        "place",
        _PLACE,
        {
            "place_store": order.store_id,
            "place_merchant": payment.merchant_id,
            "place_terminal": order.terminal_id,
            "place_account": payment.partner_account_id,
            "place_registered": needs_registration,
        },
    )
    is_reduced = bool(payment.reductions)
    columns = (*_COLUMNS, *_REDUCED) if is_reduced else _COLUMNS
    values: dict[str, Any] = {name: getattr(payment, name) for name in columns}
    values |= {"reductions": Jsonb(payment.reductions)} if is_reduced else {}
    values |= {
        "items": Jsonb(payment.items),
        "metadata": Jsonb(payment.metadata),
        "timeout": order.timeout_seconds or _DEFAULT_TIMEOUTS[order.mode],
    }
    key = order.idempotency_key
    opened = Fragment(
        "opened",
        _opened(is_reduced=is_reduced, has_key=key is not None),
        {f"new_{name}": value for name, value in values.items()},
    )
    attempt = open_attempt(attempt_id, _KINDS[order.mode], now=payment.created_at, source="opened")
    if key is None:
        return run([place, opened, attempt], tail=_TAIL)
    kept = kept_keys.keep(key, Payment.PREFIX, source="opened")
    return run([place, kept_keys.free(key), opened, attempt, kept], tail=_TAIL)
