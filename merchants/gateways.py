"""A partner account's connector, ready to call: keys parsed once, connections kept open.

Kept per process under the account's id and version, so that a rolled key is used at once.
"""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings

from connectors.base import Connector
from connectors.registry import build_connector
from merchants.models import PartnerAccount
from tenancy.scope import tenant_scope

_KEPT_LIMIT = 256  # partner accounts per process


@dataclass(frozen=True, slots=True)
class Gateway:
    """A connector and the account's rules that its callers need."""

    account_id: UUID
    connector: Connector
    settings: dict[str, Any] = field(repr=False)  # what the connector was built from
    scheme: str
    currencies: frozenset[str]
    notify_url: str
    first_query_seconds: int
    query_interval_seconds: int
    pay_read_seconds: int
    refund_days: int
    refunds_at_once: bool  # else the scheme notes merchants' refunds down and does them later
    needs_registration: bool  # only stores that the scheme has taken are paid
    retry_after_seconds: int  # when a till may ask again while the scheme is away


_kept: dict[UUID, tuple[datetime, Gateway]] = {}
_lock = Lock()


def get_gateway(account_id: UUID, *, acquirer_id: UUID, version: datetime | None) -> Gateway:
    """The gateway of the account as it is at ``version`` (its ``updated_at``).

    With ``version=None`` the version is looked up. Raises PartnerAccount.DoesNotExist, and the
    connector's BadConfiguration for keys that cannot work.
    """
    if version is None:
        with tenant_scope(acquirer_id):
            version = PartnerAccount.objects.values_list("updated_at", flat=True).get(id=account_id)
    with _lock:
        kept = _kept.get(account_id)
    if kept is not None and kept[0] == version:
        return kept[1]
    with tenant_scope(acquirer_id):
        account = PartnerAccount.objects.get(id=account_id)
    gateway = _build(account)
    with _lock:
        if len(_kept) >= _KEPT_LIMIT:
            _kept.clear()
        _kept[account_id] = (account.updated_at, gateway)
    return gateway


def is_one_resting() -> bool:
    """Whether this process leaves all addresses of some partner account alone now. No look-up."""
    with _lock:
        kept = list(_kept.values())
    return any(gateway.connector.rests_until() is not None for _, gateway in kept)


def notify_url(account: PartnerAccount) -> str:
    """Where Alipay tells us of this account's payments."""
    return f"{settings.PUBLIC_URL}/alipay/notify/{account.public_id}"


def connector_settings(account: PartnerAccount) -> dict[str, Any]:
    """The account as its connector wants it; holds secrets, so it is never logged."""
    return {
        "partner_id": account.partner_id,
        "sign_type": account.sign_type,
        "private_key": account.private_key,
        "md5_key": account.md5_key,
        "alipay_public_key": account.alipay_public_key,
        "primary_url": account.primary_url,
        "backup_url": account.backup_url or None,
        "limits": {
            "pay": _limit(account.pay_connect_seconds, account.pay_read_seconds),
            "precreate": _limit(account.pay_connect_seconds, account.precreate_read_seconds),
            "query": _limit(account.connect_seconds, account.query_read_seconds),
            "cancel": _limit(account.connect_seconds, account.cancel_read_seconds),
            "refund": _limit(account.connect_seconds, account.refund_read_seconds),
        },
        "breaker": {
            "failures": account.breaker_failures,
            "pause_seconds": account.breaker_pause_seconds,
        },
        "pool_size": 256,
    }


def _limit(connect_seconds: int, read_seconds: int) -> dict[str, int]:
    return {"connect_seconds": connect_seconds, "read_seconds": read_seconds}


def _build(account: PartnerAccount) -> Gateway:
    plain = connector_settings(account)
    return Gateway(
        account_id=account.id,
        connector=build_connector(account.scheme, plain),
        settings=plain,
        scheme=account.scheme,
        currencies=frozenset(account.currencies),
        notify_url=notify_url(account),
        first_query_seconds=account.first_query_seconds,
        query_interval_seconds=account.query_interval_seconds,
        pay_read_seconds=account.pay_read_seconds,
        refund_days=account.refund_days,
        refunds_at_once=account.refunds_at_once,
        needs_registration=account.livemode and account.registers_stores,
        retry_after_seconds=account.breaker_pause_seconds,
    )
