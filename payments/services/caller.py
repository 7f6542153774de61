"""Who asks for a cancel or a refund: a merchant's key, or a member of the acquirer's staff."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from payments.models import Payment
from tenancy.models import Staff

_ACTOR_LIMIT = 64  # characters of the columns that keep it


class Caller(Protocol):
    """What the services need to know of who asks; an API key's Principal is one."""

    @property
    def acquirer_id(self) -> UUID: ...
    @property
    def livemode(self) -> bool: ...
    @property
    def actor(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StaffCaller:
    """A member of staff who acts on one payment."""

    acquirer_id: UUID
    livemode: bool
    actor: str


def staff_actor(staff: Staff) -> str:
    """The person as the history names them: ``staff:ann@bank.example``."""
    return staff.actor[:_ACTOR_LIMIT]


def caller_for(staff: Staff, payment: Payment, permission: str) -> StaffCaller:
    """``staff`` as the caller; raises Forbidden ``role_not_allowed``."""
    staff.check_perm(permission)
    return StaffCaller(payment.acquirer_id, payment.livemode, staff_actor(staff))
