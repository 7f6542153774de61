"""A product as the API shows it."""

from typing import Any

from kernel.clock import show_time
from loyalty.models import Product


def show_product(product: Product) -> dict[str, Any]:
    """The product object."""
    return {
        "object": "product",
        "id": product.public_id,
        "sku": product.sku,
        "name": product.name,
        "category": product.category or None,
        "currency": product.currency,
        "price": product.price_minor,
        "cost": product.cost_minor,
        "active": product.is_active,
        "created_at": show_time(product.created_at),
    }
