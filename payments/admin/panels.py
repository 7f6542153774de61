"""Parts of the pages of a payment, a refund and a break."""

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from connectors.alipay import rules
from kernel.money import Money
from ledger.panel import render_entries_of
from payments.contradictions import EXPLANATIONS
from payments.models import Break, Payment, Refund
from payments.presentation import show_break
from payments.services.resolve import is_resolvable
from payments.state import BreakKind
from payments.timeline import summarize
from proposals.selectors import list_pending_about
from tenancy.copying import with_copy
from tenancy.links import link
from tenancy.showing import show_moment

ROWS_LIMIT = 50  # breaks, refunds and proposals shown on one page
_TONES = {"succeeded": "tg-good", "failed": "tg-bad", "canceled": ""}


def render_summary(payment: Payment) -> SafeString:
    """The amount, where it stands, and the facts that people look for first."""
    given_back = Money(payment.refund_reserved_minor, payment.currency)
    less = Money(payment.reduction_minor, payment.currency) if payment.reduction_minor else None
    facts = [
        (_("id"), _copied(payment.public_id, _("id"))),
        (_("merchant"), link(payment.merchant.public_id, str(payment.merchant))),
        (_("store"), link(payment.store.public_id, str(payment.store))),
        (
            _("terminal"),
            payment.terminal and link(payment.terminal.public_id, str(payment.terminal)),
        ),
        (_("merchant reference"), _copied(payment.merchant_reference, _("merchant reference"))),
        (_("created"), show_moment(payment.created_at)),
        (_("ended"), show_moment(payment.completed_at)),
        (_("given back"), given_back if given_back.minor else None),
        (_("whole price"), less and payment.amount + less),
        (_("taken off by coupons and points"), less),
        (_("why it failed"), payment.failure_code),
        (_("Alipay's trade"), _copied(payment.scheme_transaction_id, _("Alipay's trade"))),
        (_("our id at Alipay"), _copied(payment.partner_trans_id, _("our id at Alipay"))),
        (_("payer"), payment.payer_account),
        (_("code"), payment.payment_code_masked or payment.mode),
        (_("can be cancelled until"), _cancel_until(payment)),
    ]
    return render_to_string(
        "payments/summary.html",
        {
            "amount": payment.amount,
            "status": payment.public_status,
            "tone": _TONES.get(payment.public_status, ""),
            "is_test": not payment.livemode,
            "sentence": "" if payment.has_ended else summarize(payment),
            "facts": facts,
        },
    )


def _copied(text: str | None, name: str) -> SafeString | None:
    return with_copy(text, of=name) if text else None


def _terminal(payment: Payment) -> SafeString | None:
    terminal = payment.terminal
    return None if terminal is None else link(terminal.public_id, str(terminal))


def _cancel_until(payment: Payment) -> str | None:
    if payment.public_status != "succeeded" or payment.refund_reserved_minor:
        return None
    return show_moment(rules.cancel_window_closes_at(payment.created_at))


def render_refund_summary(refund: Refund) -> SafeString:
    """The same for a refund."""
    return render_to_string(
        "payments/summary.html",
        {
            "amount": refund.amount,
            "status": refund.status,
            "tone": _TONES.get(refund.status, ""),
            "is_test": not refund.livemode,
            "facts": [
                (_("payment"), link(refund.payment.public_id)),
                (_("merchant"), link(refund.merchant.public_id, str(refund.merchant))),
                (_("reason"), refund.reason),
                (_("asked by"), link(refund.created_by or "till")),
                (_("merchant's reference"), refund.merchant_refund_reference),
                (_("created"), show_moment(refund.created_at)),
                (_("ended"), show_moment(refund.completed_at)),
                (_("why it failed"), refund.failure_code),
                (_("our id at Alipay"), refund.partner_refund_id),
            ],
        },
    )


def render_trouble(request: HttpRequest, payment: Payment) -> SafeString:
    """Breaks, with what is left for a person, and proposals that wait."""
    rows = Break.objects.filter(payment=payment).select_related("payment")
    may_resolve = request.user.has_perm("payments.resolve_break")
    context = {
        "breaks": [_break(row, may_resolve) for row in rows.order_by("-id")[:ROWS_LIMIT]],
        "proposals": list_pending_about(payment.public_id),
    }
    return render_to_string("payments/trouble.html", context)


def _break(row: Break, may_resolve: bool) -> dict[str, Any]:
    address = reverse("admin:payments_break_act", args=[row.pk, "resolve"])
    return {
        "row": row,
        "is_open": row.status == Break.Status.OPEN,
        "link": link(row.public_id),
        "words": EXPLANATIONS[BreakKind(row.kind)],
        "left": show_break(row)["left"],
        "resolve": address if may_resolve and is_resolvable(row) else None,
    }


def render_refunds(payment: Payment) -> SafeString:
    """The payment's refunds, newest first."""
    return render_to_string("payments/refunds.html", {"refunds": _refunds_of(payment)})


def render_books(payment: Payment) -> SafeString:
    """What was posted for the payment and for its refunds."""
    refunds = _refunds_of(payment)
    return render_entries_of(("payment", payment.id), *(("refund", each.id) for each in refunds))


def _refunds_of(payment: Payment) -> list[Refund]:
    """The newest, read once for every panel of the page."""
    rows = Refund.objects.order_by("-id")[:ROWS_LIMIT]
    prefetch_related_objects([payment], Prefetch("refunds", rows, to_attr="newest_refunds"))
    return payment.newest_refunds  # type: ignore[attr-defined, no-any-return]
