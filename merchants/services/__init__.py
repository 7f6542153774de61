"""Writes of this app, one noun per file. The caller has entered the acquirer's scope."""

from merchants.services.api_keys import issue_api_key, revoke_api_key, roll_api_key
from merchants.services.merchants import change_merchant, create_merchant
from merchants.services.pairings import begin_pairing, end_pairings, use_pairing_code
from merchants.services.partner_accounts import (
    create_partner_account,
    public_key_of,
    set_alipay_key,
)
from merchants.services.stores import change_store, create_store
from merchants.services.terminals import change_terminal, create_terminal

__all__ = [
    "begin_pairing",
    "change_merchant",
    "change_store",
    "change_terminal",
    "create_merchant",
    "create_partner_account",
    "create_store",
    "create_terminal",
    "end_pairings",
    "issue_api_key",
    "public_key_of",
    "revoke_api_key",
    "roll_api_key",
    "set_alipay_key",
    "use_pairing_code",
]
