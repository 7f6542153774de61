"""Loyalty in the console, one module per noun."""

from loyalty.admin import (
    campaigns,
    card_templates,
    code_orders,
    coupons,
    members,
    points,
    products,
    programmes,
    recommendations,
)

__all__ = [
    "campaigns",
    "card_templates",
    "code_orders",
    "coupons",
    "members",
    "points",
    "products",
    "programmes",
    "recommendations",
]
