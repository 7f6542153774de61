"""Loyalty in the console."""

from loyalty.admin import products, recommendations

__all__ = ["products", "recommendations"]
