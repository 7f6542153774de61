"""Pages of the admin, one module per noun."""

from merchants.admin import api_keys, imports, merchants, partner_accounts, registrations

__all__ = ["api_keys", "imports", "merchants", "partner_accounts", "registrations"]
