"""Whose request it is: the address of the caller, also behind our own proxies."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network


class ClientAddressMiddleware:
    """Puts the caller's address into REMOTE_ADDR, where everything else reads it.

    Without ``TILLGATE_TRUSTED_PROXIES`` it stays what the socket says, and X-Forwarded-For, which
    anybody can write, is never read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.proxies: list[Network] = settings.TRUSTED_PROXIES
        if not self.proxies:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            self.proxies,
        )
        return self.get_response(request)


def client_address(peer: str, forwarded_for: str, proxies: Iterable[Network]) -> str:
    """The nearest address that is no proxy of ours, read from the right.

    ``peer`` is who connected to us. What stands left of the nearest stranger was written by him,
    so it is not believed. A part that is no address ends the search at the proxy that wrote it.
    """
    address, trusted = peer, list(proxies)
    for part in [*reversed(forwarded_for.split(","))]:
        if not _is_inside(address, trusted) or not _is_address(part.strip()):
            break
        address = part.strip()
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_inside(address: str, networks: Iterable[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in each for each in networks)
