"""Where an API key may be used from: networks in CIDR form, kept as PostgreSQL's own type."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

NETWORK_LIMIT = 64  # per key; each request compares its address with all of them
_MESSAGE = "A network such as 203.0.113.0/24 or 2001:db8::/48, or one address."


def canonical(value: Any) -> str:
    """The network as PostgreSQL writes it; raises ValidationError for what is none."""
    try:
        if "%" not in str(value):  # no zone of an interface: PostgreSQL knows none
            return str(ip_network(str(value).strip()))
    except ValueError:
        pass
    raise ValidationError(_MESSAGE, code="invalid")


class NetworkField(models.Field):  # type: ignore[type-arg]
    """One network as text; an address alone becomes a network of one."""

    description = "An IP network"
    default_validators = [canonical]  # type: ignore[list-item]

    def db_type(self, connection: Any) -> str:
        return "cidr"

    def from_db_value(self, value: Any, *_: object) -> str | None:
        return None if value is None else str(value)

    def to_python(self, value: Any) -> str | None:
        return None if value is None else canonical(value)

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"max_length": 43, **kwargs})


def is_inside(address: str, networks: Sequence[str]) -> bool:
    """Whether ``address`` is in one of ``networks``; without networks every address is.

    An address that cannot be read is in none.
    """
    if not networks:
        return True
    caller = read_address(address)
    return caller is not None and any(caller in each for each in _read(tuple(networks)))


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address, or None for what is none; IPv4 in its IPv6 dress is IPv4."""
    try:
        address = ip_address(text.partition("%")[0])  # no zone of an interface
    except ValueError:
        return None
    # A socket that listens to both families shows IPv4 callers so.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=4096)
def _read(networks: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, networks))
