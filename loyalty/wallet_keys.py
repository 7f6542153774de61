"""Knowing a wallet again without keeping who it is: a keyed digest of Alipay's buyer id.

Each programme has a random key of its own, kept in an envelope that the master key wraps: two
programmes cannot compare their customers, a copy of the table alone says nothing, and the master
key may be changed without a wallet being lost.
"""

import base64
import hmac
import secrets


def new_wallet_key() -> str:
    """256 random bits, as text."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def digest_wallet(wallet_key: str, scheme: str, payer_id: str) -> bytes:
    """What is kept of a wallet; the same for the same buyer of the same scheme."""
    return hmac.digest(base64.b64decode(wallet_key), f"{scheme}:{payer_id}".encode(), "sha256")
