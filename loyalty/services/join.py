"""Joining: a customer becomes a member, at the till or by a link."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from kernel import ids
from loyalty.member_state import Purpose
from loyalty.models import Consent, Member, Programme
from tenancy.saving import save_checked


@dataclass(frozen=True, slots=True)
class Agreement:
    """That the customer agreed to a purpose, or took it back, and to which wording."""

    purpose: Purpose
    wording_version: str
    is_given: bool = True


@dataclass(frozen=True, slots=True)
class Application:
    """What a new member says of themselves: nothing of it is needed."""

    name: str = ""
    phone: str = ""
    email: str = ""
    agreements: tuple[Agreement, ...] = ()


def join(
    programme: Programme,
    application: Application,
    *,
    merchant_id: UUID,
    livemode: bool,
    recorded_by: str,
    member_id: UUID | None = None,
) -> Member:
    """The new member with a card, and what was agreed to, together or not at all.

    ``member_id`` is the id of a form: sent twice, it raises Conflict
    ``already_exists``.
    """
    member = Member(
        id=member_id or ids.new_uuid(),
        acquirer_id=programme.acquirer_id,
        programme=programme,
        livemode=livemode,
        joined_merchant_id=merchant_id,
        person_name=application.name,
        phone=application.phone,
        email=application.email,
    )
    with transaction.atomic():
        save_checked(member)
        for agreement in application.agreements:
            record(member, agreement, recorded_by=recorded_by)
    return member


def record(member: Member, agreement: Agreement, *, recorded_by: str) -> Consent:
    """Append what the member agreed to, or took back."""
    consent = Consent(
        acquirer_id=member.acquirer_id,
        programme_id=member.programme_id,
        member=member,
        purpose=agreement.purpose,
        is_given=agreement.is_given,
        wording_version=agreement.wording_version,
        recorded_by=recorded_by,
    )
    consent.save(force_insert=True)
    return consent
