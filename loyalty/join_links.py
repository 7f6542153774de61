"""The link by which customers join by themselves: signed, ending by itself, of one merchant.

It names no person, so it may stand on a poster. What follows it is signed too: the form, so that
sending it twice makes one member, and the address of the card that is shown afterwards.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from kernel import clock, ids

DAYS_LIMIT = 366  # that a link holds
CARD_LIFE = timedelta(hours=24)  # to keep the picture; the till shows the card at any time
FORM_LIFE = timedelta(hours=2)
_LINK, _FORM, _CARD = "loyalty.join.link", "loyalty.join.form", "loyalty.join.card"


@dataclass(frozen=True, slots=True)
class JoinLink:
    """Whom the link lets in where: a merchant of an acquirer, live or test, until a moment."""

    acquirer_id: UUID
    merchant_id: UUID
    livemode: bool
    ends_at: datetime


def write_link(link: JoinLink) -> str:
    """The token, fit for an address."""
    said = [link.acquirer_id.hex, link.merchant_id.hex, int(link.livemode), _seconds(link.ends_at)]
    return signing.dumps(said, salt=_LINK)


def address_of(link: JoinLink) -> str:
    """Where customers reach it."""
    return f"{settings.PUBLIC_URL}{reverse('loyalty_join', args=[write_link(link)])}"


def read_link(token: str) -> JoinLink | None:
    """None for a token that we did not write, or whose time is over."""
    said = _read(token, _LINK)
    if said is None:
        return None
    acquirer, merchant, livemode, ends = said
    ends_at = datetime.fromtimestamp(ends, tz=clock.now().tzinfo)
    if clock.now() >= ends_at:
        return None
    return JoinLink(UUID(acquirer), UUID(merchant), bool(livemode), ends_at)


def new_form() -> str:
    """The hidden word of a new form: the id that the member will have."""
    return signing.dumps([ids.new_uuid().hex, _seconds(clock.now() + FORM_LIFE)], salt=_FORM)


def read_form(token: str) -> UUID | None:
    """The member's id; None for a word that we did not write, or an old one."""
    return _living(token, _FORM)


def write_card(member_id: UUID) -> str:
    """The token of a member's card."""
    return signing.dumps([member_id.hex, _seconds(clock.now() + CARD_LIFE)], salt=_CARD)


def read_card(token: str) -> UUID | None:
    """Whose card; None for a token that we did not write, or an old one."""
    return _living(token, _CARD)


def _living(token: str, salt: str) -> UUID | None:
    said = _read(token, salt)
    if said is None or clock.now().timestamp() >= said[1]:
        return None
    return UUID(said[0])


def _read(token: str, salt: str) -> list[Any] | None:
    try:
        said: list[Any] = signing.loads(token, salt=salt)
    except signing.BadSignature:
        return None
    return said


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
