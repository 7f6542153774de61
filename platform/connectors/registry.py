"""The table of schemes: a name, and what builds its connector from a partner account's settings."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from connectors.alipay.cards import AlipayCards, CardsConfig
from connectors.alipay.config import GatewayConfig
from connectors.alipay.gateway import AlipayGateway
from connectors.base import CardIssuer, Connector

_Builds = TypeVar("_Builds")  # of a table: what builds from settings


class UnknownScheme(ValueError):
    """No connector is registered under this name."""


def _alipay(settings: Mapping[str, Any]) -> Connector:
    return AlipayGateway(GatewayConfig.from_settings(settings))


SCHEMES: dict[str, Callable[[Mapping[str, Any]], Connector]] = {
    "alipay": _alipay,
}


def build_connector(scheme: str, settings: Mapping[str, Any]) -> Connector:
    """The connector of ``scheme``; keep it, for it holds connections and parsed keys.

    Raises UnknownScheme, or BadConfiguration for settings that cannot work.
    """
    return _find(SCHEMES, scheme)(settings)


CARD_ISSUERS: dict[str, Callable[[Mapping[str, Any]], CardIssuer]] = {
    "alipay": lambda settings: AlipayCards(CardsConfig(**settings)),
}


def build_card_issuer(scheme: str, settings: Mapping[str, Any]) -> CardIssuer:
    """Who puts members' cards into the wallet of ``scheme``.

    Raises UnknownScheme, or BadConfiguration for settings that cannot work.
    """
    return _find(CARD_ISSUERS, scheme)(settings)


def _find(known: Mapping[str, _Builds], scheme: str) -> _Builds:
    try:
        return known[scheme]
    except KeyError:
        raise UnknownScheme(f"{scheme!r} is none of: {', '.join(sorted(known))}") from None
