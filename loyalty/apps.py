"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    label = "loyalty"

    def ready(self) -> None:
        """Say what payments are to ask and to tell loyalty."""
        from loyalty.selectors import find_member_id
        from loyalty.services.note_sale import note_payment, note_refund
        from loyalty.services.recognize import recognize
        from loyalty.services.redeem import CouponReducer
        from payments import members
        from payments.reductions import reduce_by

        members.find_members_by(find_member_id)
        members.recognize_by(recognize)
        members.follow_by(note_payment, note_refund)
        reduce_by(CouponReducer())
