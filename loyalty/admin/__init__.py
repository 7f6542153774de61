"""Loyalty in the console."""
