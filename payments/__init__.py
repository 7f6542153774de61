"""Payments, refunds and cancels: their states, and the driver that leaves none in doubt."""
