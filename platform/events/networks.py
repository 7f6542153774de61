"""Which addresses a webhook may reach: none inside anybody's own network, ours least of all."""

import ipaddress

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Each is refused whatever `is_global` says: that list differs between versions of Python, and knows
# nothing of addresses that carry another one inside, or that mean the cloud's own machinery.
_REFUSED: dict[str, str] = {
    "0.0.0.0/8": "unspecified",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "carrier-grade NAT",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "cloud metadata",
    "169.254.0.0/16": "link-local, cloud metadata",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved, broadcast",
    "::/96": "unspecified, loopback, IPv4-compatible",
    "::ffff:0:0/96": "IPv4-mapped",
    "::ffff:0:0:0/96": "IPv4-translated",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "local NAT64",
    "100::/64": "discard",
    "2001::/23": "protocol assignments, Teredo",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
REFUSED: dict[Network, str] = {ipaddress.ip_network(net): why for net, why in _REFUSED.items()}


def why_refused(text: str) -> str | None:
    """Why the address may not be called (one phrase), or None if it may.

    The operator's TILLGATE_WEBHOOK_ALLOWED_NETWORKS come before every refusal.
    """
    address = ipaddress.ip_address(text)
    if any(_holds(network, address) for network in settings.WEBHOOK_ALLOWED_NETWORKS):
        return None
    for network, why in REFUSED.items():
        if _holds(network, address):
            return why
    return None if address.is_global else "not a public address"


def _holds(network: Network, address: Address) -> bool:
    return network.version == address.version and address in network
