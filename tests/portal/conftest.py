"""The portal's tests pay as those of payments do."""

from tests.payments.conftest import pay, scheme

__all__ = ["pay", "scheme"]
