"""A payment and a refund as outsiders see them: in answers and in events alike."""

from typing import Any

from connectors.failures import FAILURES
from kernel import ids
from kernel.clock import show_time
from payments import members
from payments.contradictions import EXPLANATIONS, Explanation
from payments.models import Break, Payment, Refund
from payments.state import BreakKind
from payments.timeline import Moment


def show_failure(code: str | None, scheme_code: str | None, language: str) -> dict[str, Any] | None:
    """Why it did not work: for programs, for developers, for the person at the till."""
    if code is None:
        return None
    failure = FAILURES[code]
    return {
        "code": code,
        "message": failure.message,
        "cashier_message": failure.cashier[language],
        "scheme_code": scheme_code,
    }


def show_payment(payment: Payment, *, language: str = "en") -> dict[str, Any]:
    """The payment object of the REST API (design §4)."""
    return {
        "object": "payment",
        "id": payment.public_id,
        "livemode": payment.livemode,
        "status": payment.public_status,
        "amount": payment.ordered_minor,
        "amount_charged": payment.amount_minor,
        "currency": payment.currency,
        "amount_refunded": payment.refunded_minor,
        "reductions": payment.reductions,
        "discount": payment.discount_minor,
        "merchant_reference": payment.merchant_reference,
        "description": payment.description,
        "items": payment.items,
        "store": ids.encode("str", payment.store_id),
        "terminal": payment.terminal_id and ids.encode("trm", payment.terminal_id),
        "mode": payment.mode,
        "payment_code": payment.payment_code_masked,
        "qr_code": payment.qr_code,
        "payer": _show_payer(payment),
        "exchange_rate": payment.exchange_rate,
        "failure": show_failure(payment.failure_code, payment.scheme_code, language)
        if payment.has_ended
        else None,
        "scheme": {"name": payment.scheme, "transaction_id": payment.scheme_transaction_id},
        "metadata": payment.metadata,
        "member": payment.member_id and ids.encode(members.PREFIX, payment.member_id),
        "created_at": show_time(payment.created_at),
        "expires_at": show_time(payment.expires_at),
        "completed_at": show_time(payment.completed_at),
    }


def _show_payer(payment: Payment) -> dict[str, Any] | None:
    if payment.payer_account is None and payment.payer_amount_minor is None:
        return None
    return {
        "wallet": payment.payer_wallet or payment.scheme,
        "account": payment.payer_account,
        "amount": payment.payer_amount_minor,
        "currency": payment.payer_currency,
    }


def show_refund(refund: Refund, *, language: str = "en") -> dict[str, Any]:
    """The refund object of the REST API."""
    return {
        "object": "refund",
        "id": refund.public_id,
        "livemode": refund.livemode,
        "status": refund.status,
        "amount": refund.amount_minor,
        "reduction": refund.reduction_minor,
        "currency": refund.currency,
        "payment": ids.encode("pay", refund.payment_id),
        "merchant_refund_reference": refund.merchant_refund_reference,
        "reason": refund.reason,
        "failure": show_failure(refund.failure_code, refund.scheme_code, language)
        if refund.has_ended
        else None,
        "created_at": show_time(refund.created_at),
        "completed_at": show_time(refund.completed_at),
    }


def show_break(difference: Break) -> dict[str, Any]:
    """A break as the merchant's webhooks and people see it."""
    explanation = EXPLANATIONS[BreakKind(difference.kind)]
    return {
        "object": "break",
        "id": difference.public_id,
        "livemode": difference.livemode,
        "payment": ids.encode("pay", difference.payment_id),
        "refund": difference.refund_id and ids.encode("rfd", difference.refund_id),
        "kind": difference.kind,
        "status": difference.status,
        "message": explanation.message,
        "done": explanation.done,
        "left": _left(difference, explanation),
        "ours": difference.ours,
        "theirs": difference.theirs,
        "outcome": difference.outcome or None,
        "resolution": difference.resolution or None,
        "opened_at": show_time(difference.created_at),
        "ended_at": show_time(difference.ended_at),
    }


def _left(difference: Break, explanation: Explanation) -> str:
    if difference.status != Break.Status.OPEN or not difference.needs_person:
        return ""
    return explanation.left or EXPLANATIONS[BreakKind.REVERSAL_REFUSED].left


def show_moment(moment: Moment) -> dict[str, Any]:
    """One line of a payment's timeline, without the evidence that is staff's alone."""
    return {
        "at": show_time(moment.at),
        "kind": moment.kind,
        # Which person of the acquirer it was is for the acquirer to know.
        "actor": "acquirer" if moment.actor.startswith("staff:") else moment.actor,
        "text": moment.text,
        "details": moment.details,
    }
