"""An authenticator app: the codes of RFC 6238, from the secret that the page shows."""

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30


def code(secret: str, *, steps_ahead: int = 0) -> str:
    """The six digits of now, or of so many steps later: a code is accepted once only."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    counter = int(time.time()) // STEP_SECONDS + steps_ahead
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"
