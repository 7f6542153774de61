"""A new merchant below an acquirer: a draft; and corrections of one."""

from typing import Any

from merchants.models import Merchant
from tenancy.models import Acquirer
from tenancy.saving import save_checked


def create_merchant(
    *,
    acquirer: Acquirer,
    legal_name: str,
    display_name: str,
    mcc: str,
    country: str,
    scheme_merchant_id: str,
    payment_timeout_seconds: int = 30,
    organisation: str = Merchant.Organisation.ENTERPRISE,
    registration_number: str = "",
    responsible_name: str = "",
    responsible_id: str = "",
    **addresses: str,
) -> Merchant:
    """A draft (see ``merchants.onboarding``); ``scheme_merchant_id`` is its id at Alipay.

    ``mcc`` is four digits (ISO 18245), ``payment_timeout_seconds`` 10 to 180: how long a payment
    may stay unanswered before it is cancelled (law 3). ``addresses`` are the parts of the
    registered and the trading one (merchants.addresses): ``registered_town``. Raises Rejected, or
    Conflict if the acquirer has that ``scheme_merchant_id`` already.
    """
    merchant = Merchant(
        acquirer=acquirer,
        legal_name=legal_name,
        display_name=display_name,
        mcc=mcc,
        country=country,
        scheme_merchant_id=scheme_merchant_id,
        payment_timeout_seconds=payment_timeout_seconds,
        organisation=organisation,
        registration_number=registration_number,
        responsible_name=responsible_name,
        responsible_id=responsible_id,
        **addresses,
    )
    save_checked(merchant)
    return merchant


def change_merchant(merchant: Merchant, changes: dict[str, Any]) -> Merchant:
    """Correct these fields; what Alipay knows of it is sent again by itself. Raises as above."""
    for name, value in changes.items():
        setattr(merchant, name, value)
    save_checked(merchant)
    return merchant
