"""Launches, and members who may be told of them."""

from typing import Any

from loyalty.member_state import Purpose
from loyalty.models import Campaign, Consent, Launch, Member, Programme
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_member
from tests.people import Person


def agree_to(
    member: Member, purpose: Purpose = Purpose.MARKETING, *, is_given: bool = True
) -> None:
    """The member's word, as a till recorded it."""
    with platform_scope():
        Consent.objects.create(
            acquirer=member.acquirer,
            programme=member.programme,
            member=member,
            purpose=purpose,
            is_given=is_given,
            wording_version="1",
            recorded_by="customer",
        )


def make_audience(person: Person, programme: Programme, count: int) -> list[Member]:
    """So many members who agree to marketing."""
    members = [make_member(person, programme) for _ in range(count)]
    for member in members:
        agree_to(member)
    return members


def make_launch(campaign: Campaign, programme: Programme, **options: Any) -> Launch:
    """A draft, for every member of the programme unless ``merchant`` says whose."""
    with platform_scope():
        return Launch.objects.create(
            acquirer=campaign.acquirer,
            name="Come again",
            campaign=campaign,
            programme=programme,
            **options,
        )
