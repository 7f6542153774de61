"""Customers who come back: coupons, members and points, recommendations, personas."""
