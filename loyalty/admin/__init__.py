"""Loyalty in the console."""

from loyalty.admin import campaigns, coupons, products, recommendations

__all__ = ["campaigns", "coupons", "products", "recommendations"]
