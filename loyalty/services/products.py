"""A product of the catalogue is made, or changed to what is said of it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from loyalty.models import Product
from tenancy.saving import save_checked


@dataclass(frozen=True, slots=True)
class Description:
    """What a product is to be. Amounts are minor units of ``currency``."""

    sku: str
    name: str
    currency: str
    category: str = ""
    price_minor: int | None = None
    cost_minor: int | None = None
    is_active: bool = True


def put_product(description: Description, *, acquirer_id: UUID, merchant_id: UUID) -> Product:
    """The product with this sku, as described; it is made if there is none.

    Raises Rejected naming what is wrong.
    """
    with transaction.atomic():
        rows = Product.objects.select_for_update(of=("self",), no_key=True)
        product = rows.filter(merchant_id=merchant_id, sku=description.sku).first()
        if product is None:
            product = Product(acquirer_id=acquirer_id, merchant_id=merchant_id, sku=description.sku)
        product.name, product.category = description.name, description.category
        product.currency = description.currency
        product.price_minor, product.cost_minor = description.price_minor, description.cost_minor
        product.is_active = description.is_active
        save_checked(product)
    return product
