"""Loyalty in the console, one module per noun."""

from loyalty.admin import (
    campaigns,
    coupons,
    members,
    points,
    products,
    programmes,
    recommendations,
)

__all__ = [
    "campaigns",
    "coupons",
    "members",
    "points",
    "products",
    "programmes",
    "recommendations",
]
