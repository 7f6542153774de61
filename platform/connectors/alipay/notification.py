"""Reads what Alipay tells us unasked. It is a reason to query, never a result by itself (§3.6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.alipay.config import GatewayConfig
from connectors.alipay.facts import read_money
from connectors.alipay.signing import CHARSET, text_to_sign, verifier_for
from kernel.money import Money

# Bounds of what is looked at; Alipay's own notifications have about 30 short fields.
MAX_FIELDS = 100
MAX_CHARACTERS = 32 * 1024


class InvalidNotification(ValueError):
    """Not a notification of Alipay's for this partner account; nothing may follow from it."""


class ForeignNotification(InvalidNotification):
    """Signed by Alipay, and about another seller's trade."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A genuine notification. ``notify_id`` is the same in every repeat of it.

    ``amount`` is the trade's (total_fee), None unless it is a readable amount of ``currency``.
    """

    notify_id: str
    notify_type: str
    action: str | None  # payByAccountAction, refundFPAction, closeTradeAction …
    partner_trans_id: str
    scheme_transaction_id: str | None
    trade_status: str | None
    amount: Money | None
    currency: str | None
    seller_id: str | None
    partner_refund_id: str | None


def parse_notification(params: Mapping[str, str], config: GatewayConfig) -> Notification:
    """Check the signature of URL-decoded ``params`` and read them.

    Raises InvalidNotification for a wrong signature, a missing id, or another seller's trade.
    """
    _check_size(params)
    _check_signature(params, config)
    seller_id = params.get("seller_id") or None
    if seller_id not in {None, config.partner_id}:
        raise ForeignNotification("seller_id is not this partner account's")
    currency = params.get("currency") or None
    return Notification(
        notify_id=_required(params, "notify_id"),
        notify_type=_required(params, "notify_type"),
        action=params.get("notify_action_type") or None,
        partner_trans_id=_required(params, "out_trade_no"),
        scheme_transaction_id=params.get("trade_no") or None,
        trade_status=params.get("trade_status") or None,
        amount=read_money(params.get("total_fee"), currency) if currency else None,
        currency=currency,
        seller_id=seller_id,
        partner_refund_id=params.get("out_return_no") or params.get("out_biz_no") or None,
    )


def _check_size(params: Mapping[str, str]) -> None:
    size = sum(len(name) + len(value) for name, value in params.items())
    if len(params) > MAX_FIELDS or size > MAX_CHARACTERS:
        raise InvalidNotification("the notification is too large")


def _check_signature(params: Mapping[str, str], config: GatewayConfig) -> None:
    # A "+" that a form decoder took for a space; Base64 and hexadecimal have none (§3.6).
    signature = _required(params, "sign").replace(" ", "+")
    try:
        text = text_to_sign(params).encode(CHARSET)
    except UnicodeEncodeError:
        raise InvalidNotification("the fields are no text") from None
    if not verifier_for(config).verify(text, signature):
        raise InvalidNotification("the signature is wrong")


def _required(params: Mapping[str, str], name: str) -> str:
    value = params.get(name)
    if not value:
        raise InvalidNotification(f"{name} is missing")
    return value
