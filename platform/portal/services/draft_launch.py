"""Drafting a launch for a program that asks, as the console's form does for people."""

from typing import Any

from kernel.errors import FieldError, Rejected
from loyalty.models import Campaign, Launch, Programme
from merchants.models import Merchant
from portal.marketing.draft import faults_of
from portal.marketing.segment import Segment


def draft_launch(
    campaign: Campaign,
    programme: Programme,
    merchant: Merchant | None,
    segment: Segment,
    **terms: Any,
) -> Launch:
    """A launch that may be looked at, changed in the console, and launched.

    Raises Rejected naming the fields that do not fit each other.
    """
    faults = tuple(
        FieldError(_FIELDS.get(name, name), "invalid", message)
        for name, message in faults_of(programme, merchant, segment)
    )
    if faults:
        named = ", ".join(fault.field for fault in faults)
        raise Rejected("invalid_request", f"Please correct: {named}.", errors=faults)
    return Launch.objects.create(
        acquirer_id=campaign.acquirer_id,
        campaign=campaign,
        programme=programme,
        merchant=merchant,
        segment=segment.model_dump(exclude_defaults=True),
        **terms,
    )


_FIELDS = {
    "spend_until_minor": "segment.spend_until",
    "visits_until": "segment.visits_until",
}
