"""Pages of the admin, one module per noun."""

from settlement.admin import (
    adjustments,
    bank_files,
    batches,
    books_checks,
    exports,
    fee_plans,
    fees_of_merchant,
    journals,
    fetching,
    lines,
    paying_accounts,
    payment_files,
    payouts,
    reconciliation,
    schedules,
    vat_rates,
)

__all__ = [
    "adjustments",
    "bank_files",
    "batches",
    "books_checks",
    "exports",
    "fee_plans",
    "fees_of_merchant",
    "journals",
    "fetching",
    "lines",
    "paying_accounts",
    "payment_files",
    "payouts",
    "reconciliation",
    "schedules",
    "vat_rates",
]
