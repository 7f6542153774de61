"""The numbers of the page, each with where it leads and how it stood a week before."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.registration_state import RegistrationStatus
from payments.state import PUBLIC, Status
from portal.dashboard import words
from portal.dashboard.lists import list_of
from portal.dashboard.question import Question
from portal.selectors import now
from portal.selectors.totals import Totals

_P95 = 0.95


@dataclass(frozen=True, slots=True)
class Card:
    """``tone``: "" | "good" | "bad" | "warn"; never told by the colour alone."""

    title: str
    value: str
    note: str = ""
    link: str | None = None
    tone: str = ""


def sales(question: Question, total: Totals, before: Totals) -> Iterator[Card]:
    """What was sold, how well it went, how fast Alipay was."""
    yield Card(
        _("Payments"),
        words.count(total.tried),
        words.change(total.tried, before.tried),
        list_of(question, "payments_payment", in_time=True),
    )
    yield Card(
        _("Success rate"),
        words.share(total.success_rate),
        words.points(total.success_rate, before.success_rate),
        list_of(question, "payments_payment", in_time=True, status=PUBLIC[Status.FAILED]),
    )
    yield Card(
        _("Alipay answers in (median)"),
        words.milliseconds(total.quantile_ms(0.5)),
        _("95%% within %(time)s") % {"time": words.milliseconds(total.quantile_ms(_P95))},
    )
    yield Card(
        _("Refunds"),
        words.count(total.refunds),
        words.change(total.refunds, before.refunds),
        list_of(question, "payments_refund", in_time=True, merchant__id__exact=None),
    )


def open_now(request: HttpRequest, question: Question) -> Iterator[Card]:
    """What stands open at this moment, as far as this person may look at it."""
    may_see = request.user.has_perm
    yield _doubt(question)
    if may_see("payments.view_break"):
        yield _breaks(question)
    if may_see("settlement.view_break"):
        yield _reconciliation(question)
    if may_see("merchants.view_registration"):
        yield _registrations(question)
    if may_see("events.view_webhookendpoint"):
        yield _webhooks(question)
    if may_see("settlement.view_bookscheck"):
        yield from _books(question)


def _doubt(question: Question) -> Card:
    doubt = now.read_doubt(question.place)
    return Card(
        _("In doubt now"),
        words.count(doubt.count, limit=now.LIMIT),
        "" if doubt.oldest is None else _("oldest %(age)s") % {"age": words.age(doubt.oldest)},
        # The list's own filter: it knows the index of what is in doubt.
        list_of(question, "payments_payment", status=PUBLIC[Status.PROCESSING]),
        "warn" if doubt.count else "good",
    )


def _breaks(question: Question) -> Card:
    count, needy = now.read_breaks(question.place)
    return Card(
        _("Open breaks"),
        words.count(count, limit=now.LIMIT),
        _("%(count)s for a person") % {"count": needy} if needy else "",
        list_of(question, "payments_break", status__exact="open"),
        "bad" if needy else "warn" if count else "good",
    )


def _reconciliation(question: Question) -> Card:
    count, nobodys, oldest = now.read_reconciliation(question.place)
    note = _("oldest of %(day)s") % {"day": oldest} if oldest else ""
    if nobodys:
        note += " · " + _("%(count)s without an owner") % {"count": nobodys}
    return Card(
        _("Open breaks of reconciliation"),
        words.count(count, limit=now.LIMIT),
        note,
        list_of(question, "settlement_break", state="open", merchant__id__exact=None),
        "bad" if nobodys else "warn" if count else "good",
    )


def _registrations(question: Question) -> Card:
    waiting = now.read_registrations(question.place)
    refused = waiting.get(RegistrationStatus.REFUSED, 0)
    return Card(
        _("Stores waiting for Alipay"),
        words.count(sum(waiting.values())),
        _("%(count)s refused") % {"count": refused} if refused else "",
        list_of(
            question,
            "merchants_registration",
            livemode__exact=None,
            status__in=",".join(
                s for s in RegistrationStatus if s != RegistrationStatus.REGISTERED
            ),
        ),
        "bad" if refused else "warn" if waiting else "good",
    )


def _webhooks(question: Question) -> Card:
    health = now.read_webhooks(question.place)
    ill = health["failing"] + health["switched_off"]
    return Card(
        _("Webhook endpoints in trouble"),
        words.count(ill),
        _("of %(count)s in use") % {"count": health["enabled"]},
        list_of(
            question,
            "events_webhookendpoint",
            merchant__id__exact=None,
            merchant_id__exact=question.place.merchant_id,
        ),
        "bad" if ill else "good",
    )


def _books(question: Question) -> Iterator[Card]:
    """Live and test are checked together, and all merchants."""
    if (found := now.read_books(question.place)) is None:
        return
    faults, age = found
    yield Card(
        _("Faults in the books"),
        words.count(faults),
        _("checked %(age)s ago") % {"age": words.age(age)},
        reverse("admin:settlement_bookscheck_changelist"),
        "bad" if faults else "good",
    )
