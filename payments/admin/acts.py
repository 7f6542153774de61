"""What staff may do with a payment or a break: the API's services behind buttons."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from api.idempotency import RequestKey, fingerprint
from kernel import clock, ids
from kernel.errors import TillgateError
from kernel.money import Money
from payments.models import Break, Payment
from payments.services.caller import caller_for
from payments.services.cancel import cancel_payment, check_can_cancel
from payments.services.query import query_now
from payments.services.refund import RefundOrder, check_refund
from payments.services.resolve import is_resolvable, resolve_by_staff
from payments.services.staff_refund import refund_by_staff
from payments.state import Status
from proposals.acts import waits
from proposals.models import Proposal
from tenancy.acting_admin import Act, Confirm, Done, Reason, in_words
from tenancy.amounts import read_amount
from tenancy.scope import tenant_scope
from tenancy.signed_in import staff_of


class RefundForm(Confirm):
    """How much, in the currency's major unit, and why; ``key`` makes a second click harmless."""

    amount = forms.CharField(max_length=24)
    reason = forms.CharField(min_length=3, max_length=128)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Payment, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        left = Money(row.refundable_minor, row.currency)
        self.fields["amount"].initial = f"{left.to_decimal():f}"
        self.fields["amount"].label = _("Amount in %(currency)s") % {"currency": row.currency}
        self.fields["amount"].help_text = _("At most %(amount)s is left.") % {"amount": left}
        self.fields["key"].initial = ids.new_uuid()

    def clean_amount(self) -> int:
        amount = read_amount(self.cleaned_data["amount"], self.row.currency)
        if amount.minor <= 0:
            raise forms.ValidationError(_("More than nothing."))
        return amount.minor


def _query(request: HttpRequest, payment: Payment, said: dict[str, Any]) -> Done:
    staff = staff_of(request)
    query_now(staff, payment)
    return Done(
        _("Alipay was asked: the payment is %(status)s.") % {"status": _(payment.public_status)}
    )


def _cancel(request: HttpRequest, payment: Payment, said: dict[str, Any]) -> Done:
    staff = staff_of(request)
    caller = caller_for(staff, payment, "payments.cancel_payment")
    with tenant_scope(payment.acquirer_id):
        cancel_payment(caller, payment)
    return Done(_("The cancel is asked for, and repeated until Alipay confirms it."))


def _refund(request: HttpRequest, payment: Payment, said: dict[str, Any]) -> Done:
    staff = staff_of(request)
    content = f"{said['amount']} {said['reason']}"
    key = RequestKey(
        payment.acquirer_id,
        payment.merchant_id,
        payment.livemode,
        f"console-{said['key']}",
        fingerprint("POST", request.path, content),
    )
    made = refund_by_staff(
        staff, payment, amount_minor=said["amount"], reason=said["reason"], key=key
    )
    if isinstance(made, Proposal):
        return waits()
    return Done(
        _("%(amount)s goes back to the payer, as %(id)s.")
        % {"amount": made.amount, "id": made.public_id}
    )


def _resolve(request: HttpRequest, difference: Break, said: dict[str, Any]) -> Done:
    staff = staff_of(request)
    made = resolve_by_staff(staff, difference, reason=said["reason"])
    if isinstance(made, Proposal):
        return waits()
    return Done(_("Resolved, and the merchant is told."))


def _closed_to_cancel(request: HttpRequest, payment: Payment) -> str:
    if payment.status == Status.CANCELED:
        return _("It is canceled already.")
    try:
        check_can_cancel(payment)
    except TillgateError as refusal:
        return in_words(refusal)
    return ""


def _closed_to_refund(request: HttpRequest, payment: Payment) -> str:
    if payment.status != Status.SUCCEEDED:
        told = {"status": _(payment.public_status)}
        return _("Only a succeeded payment can be refunded; this one is %(status)s.") % told
    try:
        with tenant_scope(payment.acquirer_id):
            check_refund(payment, RefundOrder(None, None, None))
    except TillgateError as refusal:
        return in_words(refusal)
    return ""


def _closed_to_resolve(request: HttpRequest, difference: Break) -> str:
    if difference.status != Break.Status.OPEN:
        return _("It has ended already.")
    return "" if is_resolvable(difference) else _("The platform still mends it.")


def _payment_facts(payment: Payment) -> list[tuple[str, Any]]:
    return [
        (_("amount"), payment.amount),
        (_("status"), payment.public_status),
        (_("given back"), Money(payment.refund_reserved_minor, payment.currency)),
        (_("merchant"), payment.merchant),
        (_("merchant reference"), payment.merchant_reference),
        (_("age"), str(clock.now() - payment.created_at).split(".")[0]),
    ]


def _break_facts(difference: Break) -> list[tuple[str, Any]]:
    return [
        (_("kind"), difference.kind),
        (_("amount"), difference.payment.amount),
        (_("we say"), difference.ours.get("says", "")),
        (_("Alipay says"), difference.theirs.get("says", "")),
    ]


PAYMENT_ACTS = (
    Act(
        "query", "Ask Alipay now", "payments.query_payment", Confirm, _query,
        warning="What Alipay answers is applied at once. A cancel that is owed is repeated.",
        facts=_payment_facts,
    ),
    Act(
        "cancel", "Cancel", "payments.cancel_payment", Confirm, _cancel, _closed_to_cancel,
        "The payment is stopped; if it was paid, all of it goes back to the payer.",
        is_dangerous=True, facts=_payment_facts,
    ),
    Act(
        "refund", "Refund", "payments.refund_payment", RefundForm, _refund, _closed_to_refund,
        "Money that was given back cannot be taken again. Above your acquirer's limit another "
        "person must approve.",
        is_dangerous=True, facts=_payment_facts,
    ),
)  # fmt: skip
BREAK_ACTS = (
    Act(
        "resolve", "Resolve", "payments.resolve_break", Reason, _resolve, _closed_to_resolve,
        "Say what was done about the difference; the merchant reads it. The books do not change.",
        facts=_break_facts,
    ),
)  # fmt: skip
