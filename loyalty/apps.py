"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    label = "loyalty"

    def ready(self) -> None:
        from loyalty.selectors import find_member_id
        from payments.members import find_members_by

        find_members_by(find_member_id)
