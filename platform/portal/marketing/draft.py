"""What a draft of a launch must be: one place for the console's form and for REST."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from loyalty.models import Participation, Programme
from merchants.models import Merchant
from portal.marketing.segment import Segment

_BOUNDS = (("spend_from_minor", "spend_until_minor"), ("visits_from", "visits_until"))


def faults_of(
    programme: Programme | None, merchant: Merchant | None, segment: Segment
) -> Iterator[tuple[str, str]]:
    """Field and fault, in English words that the console translates; nothing where it is well."""
    if merchant is not None and programme is not None:
        part = Participation.objects.filter(programme=programme, merchant=merchant)
        if not part.exists():
            yield "merchant", gettext_noop("Takes no part in this programme.")
    for first, last in _BOUNDS:
        low, high = getattr(segment, first), getattr(segment, last)
        if low is not None and high is not None and low > high:
            yield last, gettext_noop("Less than where it begins.")
    if segment.is_of_customers and merchant is None:
        yield (
            "merchant",
            gettext_noop("Say whose customers: what was bought is one merchant's to know."),
        )
