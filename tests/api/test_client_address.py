"""The caller's address behind our own proxies: only what a proxy of ours wrote is believed."""

from ipaddress import ip_network

import pytest

from api.client_address import client_address

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "caller"),
    [
        ("198.51.100.9", "", "198.51.100.9"),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.7 , 10.9.9.9", "203.0.113.7"),
        ("2001:db8:1::1", "2001:db8:2::7", "2001:db8:2::7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "203.0.113.7, unknown", "10.0.0.1"),
        ("", "203.0.113.7", ""),
    ],
)
def test_the_nearest_stranger_is_the_caller(peer: str, forwarded_for: str, caller: str) -> None:
    assert client_address(peer, forwarded_for, PROXIES) == caller


def test_without_proxies_the_header_is_never_read() -> None:
    assert client_address("10.0.0.1", "203.0.113.7", []) == "10.0.0.1"
