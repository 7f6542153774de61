"""Where each number leads: the list of the rows that it counts.

The time is said by ids, which are ordered by it, so that the list too reads an index.
"""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from kernel import ids
from portal.dashboard.question import Question
from portal.measures import FailureGroup, codes_of
from tenancy.scope import get_scope


def list_of(question: Question, page: str, *, in_time: bool = False, **filters: Any) -> str:
    """The address of ``page`` (``payments_payment``), filtered as asked and by ``filters``."""
    words: dict[str, Any] = {"livemode__exact": int(question.place.livemode)} | filters
    if get_scope().acquirer_id is None and question.place.acquirer_id is not None:
        words["acquirer__id__exact"] = question.place.acquirer_id
    if question.place.merchant_id is not None:
        words["merchant__id__exact"] = question.place.merchant_id
    if in_time:
        words["id__gte"] = ids.first_uuid_at(question.since)
        words["id__lt"] = ids.first_uuid_at(question.until)
    found = {name: value for name, value in words.items() if value is not None}
    return f"{reverse(f'admin:{page}_changelist')}?{urlencode(found)}"


def payments_that(question: Question, group: FailureGroup) -> str | None:
    """The payments that failed for a group's reasons; None for those of no code of ours."""
    codes = codes_of(group)
    if not codes:
        return None
    return list_of(question, "payments_payment", in_time=True, failure_code__in=",".join(codes))
