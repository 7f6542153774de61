"""The scripted scheme, for recording what the code sends."""

from tests.payments.conftest import scheme

__all__ = ["scheme"]
