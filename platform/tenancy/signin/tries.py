"""The lock-out: who has tried too often must wait, longer each time. Kept in the database.

A try is counted before the password is looked at, in one statement, so that a thousand tries at the
same moment are not a thousand guesses. It makes no difference whether the address typed in is
anybody's (ASVS 2.2.1).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from kernel import clock

_BACK_OFF = (60, 120, 240, 480, 900)  # seconds; the last for every further try
_FORGET = timedelta(days=1)  # after so long without a try, counting begins anew


@dataclass(frozen=True, slots=True)
class Limit:
    """What is counted: so many tries are free, every further one closes the door for longer."""

    kind: str
    free: int

    def pauses(self) -> list[int]:
        """Seconds to wait after the first try, the second, …"""
        return [0] * (self.free - 1) + list(_BACK_OFF)


ACCOUNT = Limit("account", free=5)
CODE = Limit("code", free=5)  # of the second factor: the password was right
ADDRESS = Limit("address", free=40)  # an office behind one address has many people

_TAKE = """
INSERT INTO tenancy_signintries AS t (key, count, last_at, closed_until)
VALUES (%(key)s, 1, %(now)s, %(now)s + (%(pauses)s::int[])[1] * interval '1 second')
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN t.last_at < %(forget)s THEN 1 ELSE t.count + 1 END,
    last_at = %(now)s,
    closed_until = %(now)s + interval '1 second' * (%(pauses)s::int[])[
        CASE WHEN t.last_at < %(forget)s THEN 1
             ELSE LEAST(t.count + 1, cardinality(%(pauses)s::int[])) END]
WHERE t.closed_until <= %(now)s
RETURNING count
"""
_GIVE_BACK = """
UPDATE tenancy_signintries SET count = GREATEST(count - 1, 0), closed_until = %(now)s
 WHERE key = %(key)s
"""
_CLEAR = "DELETE FROM tenancy_signintries WHERE key = %(key)s"
_FORGET_OLD = "DELETE FROM tenancy_signintries WHERE last_at < %(forget)s"


def take(limit: Limit, name: str) -> bool:
    """Count a try; False if it may not be made now, and then nothing is counted."""
    now = clock.now()
    return _run(
        _TAKE,
        key=_key(limit, name),
        now=now,
        forget=now - _FORGET,
        pauses=limit.pauses(),
    )


def give_back(limit: Limit, name: str) -> None:
    """The try was good: it is not counted. Earlier ones stay, or a right password now and then
    would buy guesses at others."""
    _run(_GIVE_BACK, key=_key(limit, name), now=clock.now())


def clear(limit: Limit, name: str) -> None:
    """Begin to count anew."""
    _run(_CLEAR, key=_key(limit, name))


def forget_old() -> None:
    """Let go of what no longer counts."""
    _run(_FORGET_OLD, forget=clock.now() - _FORGET)


def address_of(request: HttpRequest | None) -> str:
    """Whom a request comes from: the address, of IPv6 the network that one customer is given."""
    text = "" if request is None else str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)


def _run(statement: str, **params: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return bool(cursor.rowcount > 0)


def _key(limit: Limit, name: str) -> str:
    # A digest: people type their password where the address belongs.
    digest = hmac.new(settings.SECRET_KEY.encode(), name.lower().encode(), hashlib.sha256)
    return f"{limit.kind}:{digest.hexdigest()[:40]}"
