"""A member agrees to something, or takes it back: what rested on it goes at once."""

from django.db import transaction

from loyalty.member_state import Purpose
from loyalty.models import Consent, Member, WalletLink
from loyalty.services.join import Agreement, record
from loyalty.services.lock import lock_member


def agree(member: Member, agreement: Agreement, *, recorded_by: str) -> Consent:
    """Append the agreement; without one for wallets no wallet stays known.

    Raises Conflict ``member_forgotten``.
    """
    with transaction.atomic():
        locked = lock_member(member.id)
        consent = record(locked, agreement, recorded_by=recorded_by)
        if agreement.purpose == Purpose.WALLET and not agreement.is_given:
            WalletLink.objects.filter(member=locked).delete()
    return consent
