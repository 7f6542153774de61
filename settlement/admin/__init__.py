"""Pages of the admin, one module per noun."""

from settlement.admin import (
    adjustments,
    batches,
    books_checks,
    exports,
    fee_plans,
    fees_of_merchant,
    lines,
    reconciliation,
    schedules,
    vat_rates,
)

__all__ = [
    "adjustments",
    "batches",
    "books_checks",
    "exports",
    "fee_plans",
    "fees_of_merchant",
    "lines",
    "reconciliation",
    "schedules",
    "vat_rates",
]
