"""The pages of this app: each module registers its own."""

from payments.admin import breaks, notifications, payments

__all__ = ["breaks", "notifications", "payments"]
