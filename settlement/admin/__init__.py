"""Pages of the admin, one module per noun."""

from settlement.admin import (
    adjustments,
    batches,
    books_checks,
    exports,
    lines,
    reconciliation,
    schedules,
)

__all__ = [
    "adjustments",
    "batches",
    "books_checks",
    "exports",
    "lines",
    "reconciliation",
    "schedules",
]
