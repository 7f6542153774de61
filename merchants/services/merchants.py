"""A new merchant below an acquirer."""

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
) -> Merchant:
    """A seller that may trade at once; ``scheme_merchant_id`` is its id as Alipay knows it.

    ``mcc`` is four digits (ISO 18245), ``payment_timeout_seconds`` 10 to 180: how long a payment
    may stay unanswered before it is cancelled (law 3). Raises Rejected, or Conflict if the
    acquirer has that ``scheme_merchant_id`` already.
    """
    merchant = Merchant(
        acquirer=acquirer,
        legal_name=legal_name,
        display_name=display_name,
        mcc=mcc,
        country=country,
        scheme_merchant_id=scheme_merchant_id,
        payment_timeout_seconds=payment_timeout_seconds,
    )
    save_checked(merchant)
    return merchant
