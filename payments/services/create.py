"""Creating a payment: committed with its partner_trans_id before the scheme hears of it (law 1)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from connectors.base import PayRequest, PresentRequest
from kernel import ids
from kernel.errors import Conflict, FieldError, Forbidden, Rejected, Unavailable
from merchants.authentication import Principal
from merchants.gateways import Gateway, get_gateway
from merchants.models import Store, Terminal
from merchants.selectors import why_not_registered
from merchants.state import Status as Standing
from payments import reductions
from payments.models import Payment
from payments.services import carry
from payments.services.commit import commit, new_payment
from payments.services.order import PaymentOrder
from payments.services.same import find_same
from tenancy.postgres import release_connection


@dataclass(frozen=True, slots=True)
class Opening:
    """The payment; ``is_replay`` if it was there before this request."""

    payment: Payment
    is_replay: bool


def create_payment(principal: Principal, order: PaymentOrder) -> Opening:
    """Commit the payment, then start carrying its code to the scheme in the background.

    The same reference (or idempotency key) with the same content answers with the payment that
    is there. Raises Conflict ``reference_reused`` or ``idempotency_key_reused`` for other content,
    Rejected for an unknown store, terminal, member or currency, what refuses a reduction
    (payments.reductions), Forbidden for one that is not active, Unavailable when this process
    carries as much as it may, or while no address of the scheme answers; then nothing was written
    or sent.
    """
    order = order.at_key_of(principal)
    try:
        order = order.of_member(principal)
        if order.reductions and (payment := find_same(principal, order)) is not None:
            return Opening(payment, is_replay=True)  # without waiting for anybody's lock
        return _create(principal, order)
    except (IntegrityError, Rejected, Conflict, Forbidden, Unavailable):
        # A key that was taken at the same instant, or a refusal: neither hides what is there.
        if (payment := find_same(principal, order)) is None:
            raise
        return Opening(payment, is_replay=True)


def _create(principal: Principal, order: PaymentOrder) -> Opening:
    gateway = find_gateway(principal)
    _check_may_sell(principal, order, gateway)
    _check_reachable(gateway)
    carry.take_place()
    is_carried = False
    try:
        payment, attempt_id = new_payment(principal, order, gateway), ids.new_uuid()
        payment.claim = attempt_id
        try:
            row = _commit(payment, order, attempt_id, gateway)
        except Taken:
            same = find_same(principal, order)
            assert same is not None  # noqa: S101 - it has just stood in the way
            return Opening(same, is_replay=True)
        payment.expires_at = row[-1]
        request = _request(payment, order, gateway, row)
        release_connection()
        carry.start(payment, request, gateway=gateway, attempt_id=attempt_id)
        is_carried = True
        return Opening(payment, is_replay=False)
    finally:
        if not is_carried:
            carry.give_place_back()


class Taken(Exception):
    """Another payment has the reference or the key; what was reserved is rolled back."""


def _commit(
    payment: Payment, order: PaymentOrder, attempt_id: UUID, gateway: Gateway
) -> tuple[Any, ...]:
    """The place's columns and when the payment expires.

    One statement; with a reduction one transaction, which promises it together with the payment.
    Raises Taken, and what explains that the place may not sell.
    """
    if not order.reductions:
        return _commit_row(payment, order, attempt_id, gateway)
    asked = reductions.read(payment, order.reductions)
    with transaction.atomic():
        reductions.reserve(payment, asked)
        return _commit_row(payment, order, attempt_id, gateway)


def _commit_row(
    payment: Payment, order: PaymentOrder, attempt_id: UUID, gateway: Gateway
) -> tuple[Any, ...]:
    row = commit(payment, order, attempt_id, needs_registration=gateway.needs_registration)
    if row is None:
        raise _explain_no_place(order, gateway)
    if row[-1] is None:
        raise Taken
    return row


def find_gateway(principal: Principal) -> Gateway:
    """The gateway of the key's acquirer and mode; raises Unavailable where there is none."""
    if principal.partner_account_id is None:
        raise Unavailable(
            "scheme_not_configured",
            "The acquirer has no active partner account for this mode.",
            retry_after_seconds=60,
        )
    return get_gateway(
        principal.partner_account_id,
        acquirer_id=principal.acquirer_id,
        version=principal.partner_account_version,
    )


def _check_may_sell(principal: Principal, order: PaymentOrder, gateway: Gateway) -> None:
    if principal.store_id is not None and order.store_id != principal.store_id:
        raise _unknown("store")
    if principal.terminal_id is not None and order.terminal_id != principal.terminal_id:
        raise _unknown("terminal")
    if order.amount.currency not in gateway.currencies:
        allowed = ", ".join(sorted(gateway.currencies))
        fault = FieldError("currency", "currency_not_enabled", f"This account takes: {allowed}.")
        raise Rejected("invalid_request", "Please correct: currency.", errors=(fault,))


def _check_reachable(gateway: Gateway) -> None:
    """A payment that could not be sent is not begun: the cashier takes the money otherwise."""
    if not gateway.connector.is_available():
        raise Unavailable(
            "scheme_unavailable",
            "Alipay cannot be reached; nothing was charged. Take another means of payment, or "
            "send the same request again.",
            retry_after_seconds=gateway.retry_after_seconds,
        )


def _request(
    payment: Payment, order: PaymentOrder, gateway: Gateway, place: tuple[Any, ...]
) -> PayRequest | PresentRequest:
    store_name, scheme_store_id, display_name, mcc, scheme_merchant_id, _, terminal, _ = place
    sale: dict[str, Any] = {
        "partner_trans_id": payment.partner_trans_id,
        "amount": payment.amount,
        "title": order.description or store_name,
        "created_at": payment.created_at,
        "notify_url": gateway.notify_url,
        "merchant_id": scheme_merchant_id,
        "merchant_name": display_name,
        "merchant_mcc": mcc,
        "store_id": scheme_store_id,
        "store_name": store_name,
        "terminal_id": terminal,
    }
    if order.payment_code is not None:
        return PayRequest(payment_code=order.payment_code, **sale)
    lifetime = payment.expires_at - payment.created_at
    return PresentRequest(lifetime_seconds=round(lifetime.total_seconds()), **sale)


def _explain_no_place(order: PaymentOrder, gateway: Gateway) -> Exception:
    """Why no row came back: read again, off the hot path."""
    store = Store.objects.select_related("merchant").filter(id=order.store_id).first()
    if store is None:
        return _unknown("store")
    terminal = None
    if order.terminal_id is not None:
        terminal = Terminal.objects.filter(id=order.terminal_id, store=store).first()
        if terminal is None:
            return _unknown("terminal")
    for name, row in (("merchant", store.merchant), ("store", store), ("terminal", terminal)):
        if row is not None and row.status != Standing.ACTIVE:
            return Forbidden("merchant_not_active", f"The {name} is {row.status}.")
    if gateway.needs_registration and (why := why_not_registered(store, gateway.account_id)):
        return Forbidden("store_not_registered", why)
    return Unavailable("try_again", "The store was being changed.", retry_after_seconds=1)


def _unknown(field: str) -> Rejected:
    fault = FieldError(field, "unknown", f"No such {field} for this key; see GET /v1/{field}s.")
    return Rejected("invalid_request", f"Please correct: {field}.", errors=(fault,))
