"""Payments as the tests of payments make them."""

from tests.payments.conftest import scheme

__all__ = ["scheme"]
