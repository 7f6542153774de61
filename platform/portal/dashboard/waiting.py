"""Merchants waiting for a step that this person may make, oldest first, each with its link."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kernel import clock
from merchants.onboarding import RULES, Standing, Step
from portal.dashboard import words
from portal.dashboard.lists import list_of
from portal.dashboard.question import Question
from portal.selectors.waiting import LIMIT, Waiting, read_waiting

NAMED_LIMIT = 3  # merchants of each line; the link has all

# Where a merchant waits for a person, the step that leads on, and how people say so.
_NEXT = {
    Standing.IN_REVIEW: (Step.APPROVE, gettext_noop("In review, to be approved")),
    Standing.SUBMITTED: (Step.APPROVE, gettext_noop("Submitted, to be approved")),
    Standing.DRAFT: (Step.SUBMIT, gettext_noop("Drafts, to be submitted")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step: how many wait for it, and the first of them as (name, link, age)."""

    title: str
    count: str
    link: str
    oldest: list[tuple[str, str, str]]


def list_waiting(request: HttpRequest, question: Question) -> list[Line]:
    """The lines that are not empty; none for who may make no step."""
    may = request.user.has_perm
    mine = [each for each, (step, _words) in _NEXT.items() if may(RULES[step].permission)]
    return list(_lines(question, mine)) if mine else []


def _lines(question: Question, standings: list[Standing]) -> Iterator[Line]:
    waiting = read_waiting(question.place, standings)
    for standing in standings:
        if not (group := waiting.get(standing)):
            continue
        yield Line(
            _(_NEXT[standing][1]),
            words.count(len(group), limit=LIMIT),
            _all_at(question, standing),
            [_named(each) for each in group[:NAMED_LIMIT]],
        )


def _all_at(question: Question, standing: Standing) -> str:
    """Their list; or the page of the one that was asked about."""
    if (merchant_id := question.place.merchant_id) is not None:
        return _page_of(merchant_id)
    filters: dict[str, Any] = {"livemode__exact": None, "status__exact": standing.value}
    return list_of(question, "merchants_merchant", **filters)


def _page_of(merchant_id: UUID) -> str:
    return reverse("admin:merchants_merchant_change", args=[merchant_id])


def _named(each: Waiting) -> tuple[str, str, str]:
    return each.name, _page_of(each.merchant_id), words.age(clock.now() - each.since)
