"""Loyalty in the console."""

from loyalty.admin import products

__all__ = ["products"]
