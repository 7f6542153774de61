"""What the demo's past came to, told as JSON: read from the tables, not from what was played."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import storages

from loyalty.basket_state import RuleSetStatus
from loyalty.campaign_state import RedemptionStatus
from loyalty.models import Member, Redemption, RuleSet
from loyalty.services.check_points import check_points
from merchants.models import Merchant
from payments.models import Payment, Refund
from settlement.models import Batch, Break, File, Run
from settlement.services.check_books import check_books
from settlement.state import BreakState
from tenancy.scope import tenant_scope


def tell_of_weeks(merchant: Merchant, first: datetime, until: datetime) -> dict[str, int]:
    """How many of each there are."""
    span = (first, until)
    with tenant_scope(merchant.acquirer_id):
        payments = Payment.objects.filter(merchant=merchant, created_at__range=span)
        refunds = Refund.objects.filter(merchant=merchant, created_at__range=span)
        rules = RuleSet.objects.filter(merchant=merchant, status=RuleSetStatus.CURRENT).first()
        redeemed = Redemption.objects.filter(merchant=merchant, status=RedemptionStatus.REDEEMED)
        return {
            "payments": payments.count(),
            "failed": payments.filter(status="failed").count(),
            "refunds": refunds.count(),
            "members": Member.objects.filter(joined_merchant=merchant).count(),
            "coupons": redeemed.count(),
            "rules": rules.rule_count if rules else 0,
        }


def tell_of_books(merchant: Merchant) -> dict[str, int]:
    """What is wrong with the acquirer's books, and with its points: 0 where all is well."""
    return {
        "books_faults": check_books(merchant.acquirer).faults,
        "points_faults": sum(fault.count for fault in check_points(merchant.acquirer)),
    }


def tell_of_day(merchant: Merchant, run: Run, began: datetime) -> dict[str, Any]:
    """What was found and made of the day that ``began`` then; amounts are minor units."""
    with tenant_scope(merchant.acquirer_id):
        span = (began, began + timedelta(days=1))
        batch = Batch.objects.get(merchant=merchant, business_date=run.business_date)
        breaks = Break.objects.filter(
            way=run.way, business_date=run.business_date, state=BreakState.OPEN
        ).order_by("id")
        file = run.file
        return {
            "day": run.business_date.isoformat(),
            "rows": run.rows,
            "ours": sum(
                kind.objects.filter(status="succeeded", created_at__range=span).count()
                for kind in (Payment, Refund)
            ),
            "file": {"name": file.name, "source": file.source, "sha256": file.sha256},
            "breaks": [_tell_of_break(row) for row in breaks],
            "batch": {
                "id": batch.public_id,
                "path": page("batch", batch.id),
                "lines": batch.line_count,
                "outcome": batch.outcome,
                "paid_out": -batch.paid_out_minor,
            },
            "files": [_tell_of_file(row) for row in File.objects.filter(batch=batch)],
        }


def _tell_of_break(row: Break) -> dict[str, Any]:
    payment = Payment.objects.get(id=row.payment_id) if row.payment_id else None
    return {
        "id": row.public_id,
        "kind": row.kind,
        "payment": payment and payment.public_id,
        "line": row.line,
        "ours": row.ours,
        "theirs": row.theirs,
        "path": page("break", row.id),
    }


def _tell_of_file(row: File) -> dict[str, str]:
    return {
        "kind": row.kind,
        "name": row.name,
        "sha256": row.sha256,
        "path": storages["settlements"].path(row.stored_as),
    }


def page(model: str, key: UUID) -> str:
    """Its address in the console; to ask Django for it would load every page of the console."""
    return f"/admin/settlement/{model}/{key}/change/"
