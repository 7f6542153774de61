"""An endpoint's address is called only where it leads to somebody else's public place."""

import ipaddress
import socket

import pytest
from pytest_django import Settings

from events.addresses import AddressRefused, find_places, read_url, using_resolver
from events.networks import REFUSED, why_refused

FORBIDDEN = [
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("0.0.0.0", "unspecified"),  # noqa: S104
    ("10.0.0.1", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.1.1", "private"),
    ("100.64.0.1", "carrier-grade NAT"),
    ("100.100.100.200", "carrier-grade NAT"),  # a cloud's metadata
    ("169.254.169.254", "link-local, cloud metadata"),
    ("168.63.129.16", "cloud metadata"),
    ("192.0.0.192", "protocol assignments"),  # a cloud's metadata
    ("192.88.99.1", "6to4 relay"),
    ("198.18.0.1", "benchmarking"),
    ("224.0.0.1", "multicast"),
    ("240.0.0.1", "reserved, broadcast"),
    ("255.255.255.255", "reserved, broadcast"),
    ("::", "unspecified, loopback, IPv4-compatible"),
    ("::1", "unspecified, loopback, IPv4-compatible"),
    ("::10.0.0.1", "unspecified, loopback, IPv4-compatible"),
    ("::ffff:127.0.0.1", "IPv4-mapped"),
    ("::ffff:8.8.8.8", "IPv4-mapped"),
    ("::ffff:0:10.0.0.1", "IPv4-translated"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("64:ff9b:1::a00:1", "local NAT64"),
    ("2002:7f00:1::", "6to4"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "protocol assignments, Teredo"),
    ("2001:db8::1", "documentation"),
    ("fd00:ec2::254", "private"),
    ("fe80::1", "link-local"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
]


@pytest.mark.parametrize(("address", "why"), FORBIDDEN)
def test_these_places_are_refused(address: str, why: str) -> None:
    assert why_refused(address) == why


@pytest.mark.parametrize("address", ["8.8.8.8", "172.15.255.255", "172.32.0.1", "2606:4700::1111"])
def test_public_places_are_not_refused(address: str) -> None:
    assert why_refused(address) is None


def test_no_network_of_the_table_has_a_hole() -> None:
    for network in REFUSED:
        assert why_refused(str(network[0])) is not None
        assert why_refused(str(network[-1])) is not None


def test_the_operator_may_allow_a_network_and_only_that_one(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("10.1.0.0/16")]

    assert why_refused("10.1.2.3") is None
    assert why_refused("10.2.2.3") == "private"
    assert why_refused("::ffff:10.1.2.3") == "IPv4-mapped"


@pytest.mark.parametrize(
    ("url", "host", "port", "netloc", "path"),
    [
        ("https://shop.example/hooks?a=1", "shop.example", 443, "shop.example", "/hooks?a=1"),
        ("https://shop.example", "shop.example", 443, "shop.example", "/"),
        ("https://shop.example?a", "shop.example", 443, "shop.example", "/?a"),
        ("http://shop.example:8080/", "shop.example", 8080, "shop.example:8080", "/"),
        ("https://[2606:4700::1]:8443/x", "2606:4700::1", 8443, "[2606:4700::1]:8443", "/x"),
    ],
)
def test_an_address_is_taken_apart(url: str, host: str, port: int, netloc: str, path: str) -> None:
    target = read_url(url, livemode=False)

    assert (target.host, target.port, target.netloc, target.path) == (host, port, netloc, path)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("ftp://shop.example/", "such as https"),
        ("shop.example/hooks", "such as https"),
        ("https:///hooks", "such as https"),
        ("https://user:secret@shop.example/", "No user name"),
        ("https://shop.example@10.0.0.1/", "No user name"),
        ("https://shop.example\\@10.0.0.1/", "No user name"),
        ("https://shop.example\\.evil.example/", "such as https"),
        ("https://shop.example/#part", "such as https"),
        ("https://shop.example/a b", "such as https"),
        ("https://shop.example/a\r\nX-Injected: 1", "such as https"),
        ("https://shop.example/\n", "such as https"),
        ("https://shöp.example/", "such as https"),
        ("https://shop.example/" + "x" * 2048, "such as https"),
        ("https://shop.example:22/", "port"),
        ("https://shop.example:0/", "port"),
        ("https://shop.example:65536/", "port"),
        ("https://shop.example:6000/", "port"),
    ],
)
def test_other_forms_are_refused(url: str, word: str) -> None:
    with pytest.raises(AddressRefused, match=word):
        read_url(url, livemode=False)


def test_live_events_travel_over_https_only() -> None:
    with pytest.raises(AddressRefused, match="https only"):
        read_url("http://shop.example/", livemode=True)
    assert read_url("https://shop.example/", livemode=True).scheme == "https"


def test_only_the_public_places_of_a_name_are_called() -> None:
    target = read_url("https://shop.example/", livemode=True)
    with using_resolver(lambda host, port: ["10.0.0.1", "8.8.8.8", "::1", "8.8.4.4"]):
        assert find_places(target) == ["8.8.8.8", "8.8.4.4"]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://localhost/", "127.0.0.1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://127.1/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
    ],
)
def test_however_loopback_is_written_the_systems_resolver_gives_it_away(
    url: str, place: str
) -> None:
    with pytest.raises(AddressRefused, match="leads where we do not call"):
        find_places(read_url(url, livemode=False))


def test_a_name_that_does_not_exist_or_has_no_address_is_refused() -> None:
    target = read_url("https://shop.example/", livemode=True)

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with using_resolver(unknown), pytest.raises(AddressRefused, match="cannot be resolved"):
        find_places(target)
    with using_resolver(lambda *_: []), pytest.raises(AddressRefused, match="has no address"):
        find_places(target)
