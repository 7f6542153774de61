"""The lock of one member: whoever changes their points or their person holds it."""

from uuid import UUID

from kernel.errors import Conflict, NotFound
from loyalty.models import Member


def lock_member(member_id: UUID) -> Member:
    """The member, until the transaction ends.

    Raises NotFound, and Conflict ``member_forgotten`` for who is nobody any more.
    """
    rows = Member.objects.select_for_update(of=("self",), no_key=True)
    member = rows.filter(id=member_id).first()
    if member is None:
        raise NotFound("not_found", "No such member.")
    if member.is_forgotten:
        raise Conflict("member_forgotten", "This member was forgotten and is nobody any more.")
    return member
