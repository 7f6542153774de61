"""A settlement as outsiders see it: in answers and in events alike."""

from typing import Any

from kernel import ids
from kernel.clock import show_time
from payments.models import Payment
from settlement.models import Adjustment, Batch, Payout


def show_batch(batch: Batch) -> dict[str, Any]:
    """The settlement object of the REST API. Amounts are minor units, signed from the merchant's
    view: they add up from ``opening`` to ``closing``. Many are read with ``select_related``
    of their ``payout``."""
    payout: Payout | None = getattr(batch, "payout", None)
    return {
        "object": "settlement",
        "id": batch.public_id,
        "livemode": batch.livemode,
        "number": batch.number,
        "currency": batch.currency,
        "first_day": batch.first_day.isoformat(),
        "business_date": batch.business_date.isoformat(),
        "ends_at": show_time(batch.ends_at),
        "time_zone": batch.zone,
        "outcome": batch.outcome,
        "opening": batch.opening_minor,
        "sales": batch.sales_minor,
        "cancels": batch.cancels_minor,
        "refunds": batch.refunds_minor,
        "adjustments": batch.adjustments_minor,
        "promotions": batch.promotions_minor,
        "fees": batch.fees_minor,
        "vat": batch.vat_minor,
        "reserved": batch.reserved_minor,
        "released": batch.released_minor,
        "paid_out": batch.paid_out_minor,
        "closing": batch.closing_minor,
        "lines": batch.line_count,
        "payout": payout and show_payout(payout),
        "created_at": show_time(batch.created_at),
    }


def show_payout(payout: Payout) -> dict[str, Any]:
    """Where the money goes, and how far it is; the account's number is masked."""
    return {
        "object": "payout",
        "id": payout.public_id,
        "livemode": payout.livemode,
        "settlement": ids.encode(Batch.PREFIX, payout.batch_id),
        "amount": payout.amount_minor,
        "currency": payout.currency,
        "status": payout.status,
        "pays_on": payout.pays_on.isoformat(),
        "account_holder": payout.holder,
        "account_number": payout.masked_number,
        "reason": payout.reason or None,
        "ended_at": show_time(payout.ended_at),
    }


def show_adjustment(row: Adjustment) -> dict[str, Any]:
    """Money given to the merchant by hand, above zero, or taken back."""
    about = row.payment_id
    return {
        "object": "adjustment",
        "id": row.public_id,
        "livemode": row.livemode,
        "amount": row.amount_minor,
        "currency": row.currency,
        "reason": row.reason,
        "payment": None if about is None else ids.encode(Payment.PREFIX, about),
        "business_date": row.business_date and row.business_date.isoformat(),
        "created_at": show_time(row.created_at),
    }
