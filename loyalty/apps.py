"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    label = "loyalty"
