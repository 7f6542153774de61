"""Who puts members' cards into the wallet, for a partner account that has an app for it."""

from connectors.alipay.config import BadConfiguration
from connectors.base import CardIssuer
from connectors.registry import build_card_issuer
from merchants.models import PartnerAccount


def card_issuer_of(account: PartnerAccount) -> CardIssuer:
    """The account's issuer; its calls are signed with the account's own key.

    Raises BadConfiguration for an account that is off, has no app, or whose keys cannot work.
    """
    if not account.is_active or not account.card_app_id:
        raise BadConfiguration("the partner account has no app for membership cards")
    return build_card_issuer(
        account.scheme,
        {
            "app_id": account.card_app_id,
            "url": account.card_url,
            "private_key": account.private_key,
            "alipay_public_key": account.card_alipay_public_key,
        },
    )
