"""Forgetting a member: the person goes, from every table; the points stay and are nobody's."""

from django.db import transaction

from kernel import clock
from loyalty.member_state import MemberStatus
from loyalty.models import Member, WalletLink


def forget_member(member: Member) -> Member:
    """Erase name, contact, card and wallets; a second time changes nothing.

    The consents keep purpose, version and time, which say nothing of who it was.
    """
    with transaction.atomic():
        rows = Member.objects.select_for_update(of=("self",), no_key=True)
        locked = rows.get(id=member.id)
        if locked.is_forgotten:
            return locked
        WalletLink.objects.filter(member=locked).delete()
        locked.status = MemberStatus.FORGOTTEN
        locked.person_name = locked.phone = locked.email = ""
        locked.card_number = None
        locked.forgotten_at = clock.now()
        locked.save(
            update_fields=["status", "person_name", "phone", "email", "card_number", "forgotten_at"]
        )
    return locked
