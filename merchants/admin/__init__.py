"""Pages of the admin, one module per noun."""

from merchants.admin import (
    acquirer_keys,
    api_keys,
    bank_accounts,
    documents,
    imports,
    merchants,
    partner_accounts,
    registrations,
    stores,
    terminals,
)

__all__ = [
    "acquirer_keys",
    "api_keys",
    "bank_accounts",
    "documents",
    "imports",
    "merchants",
    "partner_accounts",
    "registrations",
    "stores",
    "terminals",
]
