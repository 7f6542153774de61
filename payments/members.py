"""Who the customer is, if a till says so: loyalty lies above this app and knows who is who."""

from collections.abc import Callable
from uuid import UUID

from kernel.errors import FieldError, Rejected
from merchants.authentication import Principal

PREFIX = "mem"
# The member behind what a till sent (an id or a card's number), for a key; None where it is none.
FindMember = Callable[[Principal, str], UUID | None]
_finders: list[FindMember] = []


def find_members_by(finder: FindMember) -> None:
    """Ask ``finder`` from now on; called once, when its app is ready."""
    if finder not in _finders:
        _finders.append(finder)


def get_member_id(principal: Principal, text: str) -> UUID:
    """The member of the key's merchant; raises Rejected naming ``member``."""
    for finder in _finders:
        if (member_id := finder(principal, text)) is not None:
            return member_id
    fault = FieldError("member", "unknown", "No such member for this key; see GET /v1/members.")
    raise Rejected("invalid_request", "Please correct: member.", errors=(fault,))
