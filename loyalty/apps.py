"""Registers the app; its label stands in table names, so it never changes."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "loyalty"
    label = "loyalty"

    def ready(self) -> None:
        """Say what payments are to ask and to tell loyalty."""
        from loyalty.selectors import find_member_id
        from loyalty.services import adjust  # noqa: F401 - its kind of proposal
        from loyalty.services.burn import PointsReducer
        from loyalty.services.note_sale import note_payment, note_refund
        from loyalty.services.recognize import recognize
        from loyalty.services.redeem import CouponReducer
        from payments import members, reductions

        members.find_members_by(find_member_id)
        members.recognize_by(recognize)
        members.follow_by(note_payment, note_refund)
        reductions.reduce_by(CouponReducer())
        reductions.reduce_by(PointsReducer())
