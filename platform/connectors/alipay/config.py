"""What one partner account needs to speak with Alipay's gateway: ids, keys, addresses, limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from connectors.alipay.breaker import BreakerLimits

PRODUCTION_URL = "https://globalmapi.alipay.com/gateway.do"
PRODUCTION_BACKUP_URL = "https://intlmapi.alipay.com/gateway.do"


class BadConfiguration(ValueError):
    """A setting of the partner account cannot work; the text names it and never shows a key."""


class SignType(StrEnum):
    """How both sides sign (barcode reference §1.3)."""

    MD5 = "MD5"
    RSA = "RSA"  # SHA1withRSA
    RSA2 = "RSA2"  # SHA256withRSA


@dataclass(frozen=True, slots=True)
class CallLimit:
    """Seconds for one call: to connect to one address, and for the whole answer to arrive."""

    connect_seconds: float
    read_seconds: float

    def __post_init__(self) -> None:
        if not (0 < self.connect_seconds <= 60 and 0 < self.read_seconds <= 120):
            raise BadConfiguration("call limits are above 0 and at most 60 s / 120 s")


@dataclass(frozen=True, slots=True)
class CallLimits:
    """The time each kind of call may take; a query must be short enough to come every 3 s."""

    pay: CallLimit = CallLimit(3, 15)
    precreate: CallLimit = CallLimit(3, 8)  # the till has nothing to show meanwhile
    query: CallLimit = CallLimit(2, 3)
    cancel: CallLimit = CallLimit(2, 5)
    refund: CallLimit = CallLimit(2, 5)


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """One partner account. Keys are text: PEM, or Base64 as Java tools print them.

    ``private_key`` and ``alipay_public_key`` serve RSA and RSA2, ``md5_key`` serves MD5.
    Raises BadConfiguration for what can be seen without reading the keys; the keys themselves
    are read when a gateway is built.
    """

    partner_id: str
    sign_type: SignType = SignType.RSA2
    private_key: str = field(default="", repr=False)
    md5_key: str = field(default="", repr=False)
    alipay_public_key: str = field(default="", repr=False)
    primary_url: str = PRODUCTION_URL
    backup_url: str | None = PRODUCTION_BACKUP_URL
    limits: CallLimits = CallLimits()
    breaker: BreakerLimits = field(default_factory=BreakerLimits)
    max_answer_bytes: int = 64 * 1024
    pool_size: int = 64  # connections kept open per address

    def __post_init__(self) -> None:
        object.__setattr__(self, "sign_type", _sign_type(self.sign_type))
        if not self.partner_id:
            raise BadConfiguration("partner_id is empty")
        for url in self.addresses:
            _check_address(url)
        if not 1024 <= self.max_answer_bytes <= 1024 * 1024:
            raise BadConfiguration("max_answer_bytes is between 1 KiB and 1 MiB")
        if not 1 <= self.pool_size <= 4096:
            raise BadConfiguration("pool_size is between 1 and 4096")

    @property
    def addresses(self) -> tuple[str, ...]:
        """The gateway's addresses in the order of trying."""
        return (
            (self.primary_url,) if self.backup_url is None else (self.primary_url, self.backup_url)
        )

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "GatewayConfig":
        """Read plain settings, ``limits`` as ``{"pay": {"connect_seconds": 3, …}, …}``.

        Raises BadConfiguration for a setting that does not exist.
        """
        unknown = set(settings) - {each.name for each in fields(cls)}
        if unknown:
            raise BadConfiguration(f"no such setting: {', '.join(sorted(unknown))}")
        values = dict(settings)
        if "limits" in values and not isinstance(values["limits"], CallLimits):
            values["limits"] = _limits(values["limits"])
        if "breaker" in values and not isinstance(values["breaker"], BreakerLimits):
            values["breaker"] = _breaker(values["breaker"])
        return cls(**values)


def _sign_type(value: str) -> SignType:
    try:
        return SignType(value)
    except ValueError:
        raise BadConfiguration("sign_type is MD5, RSA or RSA2") from None


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise BadConfiguration(f"{url!r} is no plain http(s) address without query")


def _limits(settings: Mapping[str, Mapping[str, float]]) -> CallLimits:
    try:
        return CallLimits(**{name: CallLimit(**limit) for name, limit in settings.items()})
    except TypeError as error:
        raise BadConfiguration(f"limits: {error}") from None


def _breaker(settings: Mapping[str, float]) -> BreakerLimits:
    try:
        return BreakerLimits(**settings)  # type: ignore[arg-type]
    except TypeError as error:
        raise BadConfiguration(f"breaker: {error}") from None
