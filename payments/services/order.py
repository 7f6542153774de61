"""What a till asks for, and what makes two requests the same request."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings

from api.idempotency import RequestKey
from kernel.money import Money
from merchants.authentication import Principal
from payments import reductions
from payments.members import get_member_id
from payments.models import Payment


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """A payment as a till orders it. The code lives in memory only; ``repr`` hides it."""

    amount: Money
    payment_code: str | None = field(repr=False)  # None: the till shows a code instead
    merchant_reference: str
    store_id: UUID
    terminal_id: UUID | None = None
    description: str | None = None
    items: list[dict[str, Any]] = field(default_factory=list)
    timeout_seconds: int | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    member: str | None = None  # as the till sent it: an id, or a card's number
    member_id: UUID | None = None  # who that is
    reductions: dict[str, Any] = field(default_factory=dict)  # asked for, by field of the request
    idempotency_key: RequestKey | None = None

    def at_key_of(self, principal: Principal) -> "PaymentOrder":
        """The same order; a terminal's key need not say which terminal it is."""
        if self.terminal_id is not None or principal.terminal_id is None:
            return self
        return replace(self, terminal_id=principal.terminal_id)

    def of_member(self, principal: Principal) -> "PaymentOrder":
        """The same order, with who the member is; raises Rejected naming ``member``."""
        if self.member is None:
            return self
        return replace(self, member_id=get_member_id(principal, self.member))

    @property
    def mode(self) -> Payment.Mode:
        """Whose code is scanned."""
        no_code = self.payment_code is None
        return Payment.Mode.MERCHANT_QR if no_code else Payment.Mode.PAYMENT_CODE

    @property
    def code_masked(self) -> str | None:
        """``2880••••••••••••34``; None where the till shows the code."""
        code = self.payment_code
        if code is None:
            return None
        return f"{code[:4]}{'•' * (len(code) - 6)}{code[-2:]}"

    @property
    def code_digest(self) -> bytes | None:
        """Tells two codes apart without keeping either (law 11)."""
        if self.payment_code is None:
            return None
        return hmac.digest(_digest_key(settings.SECRET_KEY), self.payment_code.encode(), "sha256")


@lru_cache(maxsize=2)
def _digest_key(secret: str) -> bytes:
    return hashlib.sha256(b"tillgate payment code " + secret.encode()).digest()


def differing_fields(order: PaymentOrder, payment: Payment) -> list[str]:
    """The fields in which ``order`` differs from the payment it would repeat."""
    effective = round((payment.expires_at - payment.created_at).total_seconds())
    kept_digest = payment.payment_code_digest
    pairs: dict[str, tuple[Any, Any]] = {
        "merchant_reference": (order.merchant_reference, payment.merchant_reference),
        "amount": (order.amount.minor, payment.ordered_minor),
        "currency": (order.amount.currency, payment.currency),
        "mode": (order.mode, payment.mode),
        "payment_code": (order.code_digest, kept_digest and bytes(kept_digest)),
        "store": (order.store_id, payment.store_id),
        "terminal": (order.terminal_id, payment.terminal_id),
        "description": (order.description, payment.description),
        "items": (order.items, payment.items),
        "metadata": (order.metadata, payment.metadata),
        "member": (order.member_id or order.member, _named_member(payment)),
        "timeout_seconds": (order.timeout_seconds or effective, effective),
    }
    differing = [name for name, (asked, kept) in pairs.items() if asked != kept]
    return differing + reductions.differing(payment, order.reductions)


def _named_member(payment: Payment) -> UUID | None:
    """Who the till named; a wallet that was recognized is no part of the request."""
    return None if payment.member_is_recognized else payment.member_id
