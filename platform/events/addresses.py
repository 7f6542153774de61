"""The address of an endpoint: its form, and the places that its name may lead to.

Checked twice by the same code: when the address is saved, and at each connection, which is then
made to exactly the checked place. A name that changes its mind in between gains nothing.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from events.networks import why_refused

MAX_LENGTH = 2048
RESOLVE_SECONDS = 5.0
_PLACES_LIMIT = 8  # of one name
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Above 1023 but other services' own: what browsers refuse to speak HTTP to (WHATWG Fetch, 2.9).
_FOREIGN_PORTS = {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697}
_FOREIGN_PORTS |= {6665, 6666, 6667, 6668, 6669, 10080}

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<target>[/?][!-~]*)?"
)
Resolver = Callable[[str, int], list[str]]


class AddressRefused(Exception):
    """The address may not be called; the text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; ``host`` has no brackets, ``netloc`` is as the Host header has it."""

    scheme: str
    host: str
    port: int
    netloc: str
    path: str


def read_url(url: str, *, livemode: bool) -> Target:
    """``url`` taken apart; raises AddressRefused for a form that we do not call."""
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise AddressRefused("No user name or password in the address: verify our signature.")
    found = _URL.fullmatch(url) if len(url) <= MAX_LENGTH else None
    if found is None or "#" in url or "\\" in url:
        raise AddressRefused("An address such as https://shop.example/hooks, in ASCII.")
    if livemode and found["scheme"] != "https":
        raise AddressRefused("Live events travel over https only.")
    port = int(found["port"] or _DEFAULT_PORTS[found["scheme"]])
    if not _is_allowed(port):
        raise AddressRefused("The port must be 80, 443 or a free one above 1023.")
    netloc = found["host"] + (f":{found['port']}" if found["port"] else "")
    target = found["target"] or "/"
    path = target if target.startswith("/") else f"/{target}"
    return Target(found["scheme"], found["host"].strip("[]"), port, netloc, path)


def _is_allowed(port: int) -> bool:
    if port in _DEFAULT_PORTS.values():
        return True
    return 1023 < port < 65536 and port not in _FOREIGN_PORTS


def find_places(target: Target, *, seconds: float = RESOLVE_SECONDS) -> list[str]:
    """The IP addresses behind the target's name that may be called, in the resolver's order.

    Raises AddressRefused if there is none, or no answer within ``seconds``.
    """
    found = _resolve_within(target, seconds)[:_PLACES_LIMIT]
    if not found:
        raise AddressRefused(f"The name {target.host} has no address.")
    reasons = {place: why_refused(place) for place in found}
    allowed = [place for place, why in reasons.items() if why is None]
    if not allowed:
        # Not the address itself: a name may be one of the operator's own network.
        why = next(iter(reasons.values()))
        raise AddressRefused(f"{target.host} leads where we do not call: {why}.")
    return allowed


def _resolve_within(target: Target, seconds: float) -> list[str]:
    """In a thread: the system's resolver has no time limit that we could set."""
    found: list[str] = []
    failure: list[BaseException] = []

    def look() -> None:
        try:
            found.extend(_resolver(target.host, target.port))
        except (OSError, UnicodeError) as error:
            failure.append(error)

    thread = threading.Thread(target=look, name="resolve", daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if thread.is_alive():
        raise AddressRefused(f"The name {target.host} was not resolved in time.")
    if failure:
        raise AddressRefused(f"The name {target.host} cannot be resolved.")
    return found


def _ask_system(host: str, port: int) -> list[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in answers))


_resolver: Resolver = _ask_system


@contextmanager
def using_resolver(resolver: Resolver) -> Iterator[None]:
    """Let ``resolver(host, port)`` give the addresses in this process until the block ends."""
    global _resolver
    previous, _resolver = _resolver, resolver
    try:
        yield
    finally:
        _resolver = previous
