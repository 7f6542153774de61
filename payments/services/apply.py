"""The one writer of a payment's status: news comes in, one statement goes to the database.

The statement is a compare-and-set: it changes the row only if its status and its shown code are
still those that the change was computed from, and writes history, event and books only if the row
changed. Two actors with the same news write once; two with different news are put in order by the
state table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from connectors.base import Outcome
from events.outbox import publish
from kernel import clock
from ledger.posting import fragments as book
from payments import members, reductions
from payments.models import Payment
from payments.postings import post_payment
from payments.presentation import show_payment
from payments.services import breaks, wake
from payments.services.attempts import answer_attempt
from payments.services.consequences import Consequences, foresee
from payments.services.move import adopt, moved, transition, updated
from payments.state import Event, IllegalTransition, Status, next_status
from tenancy.fragments import Fragment, run

log = structlog.get_logger(__name__)

_RACES_LIMIT = 8  # each lost race means that another actor moved the payment on


@dataclass(frozen=True, slots=True)
class _News:
    """What happened, who says so, and the answer that told it."""

    event: Event
    actor: str
    attempt_id: UUID | None
    outcome: Outcome | None


def apply_event(
    payment: Payment,
    event: Event,
    *,
    actor: str,
    interval_seconds: int,
    attempt_id: UUID | None = None,
    outcome: Outcome | None = None,
    guard: Callable[[Payment], None] | None = None,
    along: Sequence[Fragment] = (),
) -> bool:
    """Let ``event`` happen to ``payment``; True if its status or due time changed.

    ``payment`` is brought up to date in any case. ``guard`` is called with it before each try
    and may refuse by raising: it sees the row as it is, also after a lost race. ``along`` is
    written in the same statement, from the row that ``moved`` returns. News that the
    state table does not know for the payment's status is logged and changes nothing.
    """
    news = _News(event, actor, attempt_id, outcome)
    for _ in range(_RACES_LIMIT):
        if guard is not None:
            guard(payment)
        present = clock.now()
        with clock.after(payment.changed_at):
            done = _try(payment, news, along, present, interval_seconds)
        if done is not None:
            return done
        payment.refresh_from_db()
    raise RuntimeError(f"{payment.public_id} kept changing while {event} was applied")


def _try(
    payment: Payment,
    news: _News,
    along: Sequence[Fragment],
    present: datetime,
    interval_seconds: int,
) -> bool | None:
    """As ``apply_event`` answers; None if another actor was first."""
    now = clock.now()
    try:
        _refuse_if_shown(payment, news.event)
        new = next_status(Status(payment.status), news.event)
    except IllegalTransition as refusal:
        _ignore(payment, news, refusal, now)
        return False
    result = foresee(
        payment,
        news.event,
        new,
        outcome=news.outcome,
        now=now,
        present=present,
        interval_seconds=interval_seconds,
    )
    return True if _write(payment, new, result, news, along, now) else None


def _refuse_if_shown(payment: Payment, event: Event) -> None:
    """A code that came just in time is on the till's screen: it is not given up any more."""
    if event is Event.NOT_SHOWN and payment.qr_code is not None:
        raise IllegalTransition(f"{event} after the code was shown")


def _ignore(payment: Payment, news: _News, refusal: IllegalTransition, now: datetime) -> None:
    """Keep the answer as evidence; nothing else follows from it."""
    log.warning("news_ignored", payment=payment.public_id, reason=str(refusal))
    run([answer_attempt(news.attempt_id, news.outcome, now)], tail="SELECT count(*) FROM answer")


def _write(
    payment: Payment,
    new: Status,
    result: Consequences,
    news: _News,
    along: Sequence[Fragment],
    now: datetime,
) -> bool:
    """The statement; True if the row was still as ``payment``, which then is as the row is now."""
    old = Status(payment.status)
    breaking = _breaks(payment, news, result, now)
    member_id = members.recognize(payment, new, news.outcome)
    row = moved(payment, old, new, result, news.outcome, breaking, member_id)
    after = updated(payment, row.params)
    parts = [row, answer_attempt(news.attempt_id, news.outcome, now)]
    if old is not new or result.opens_break:
        parts.append(transition(old, news.event, new, news.actor, news.attempt_id, now))
    if result.public_event is not None:
        parts.append(publish(result.public_event, payload=show_payment(after), source="moved"))
    parts += [*breaking, *along, *reductions.end(payment, old, new)]
    parts += members.follow_payment(after, old, new, news.outcome)
    for number, posting in enumerate(post_payment(payment, old, new), start=1):
        parts += book(posting, acquirer_id=payment.acquirer_id, source="moved", number=number)
    if run(parts, tail="SELECT count(*) FROM moved") != (1,):
        return False
    adopt(payment, after)
    _tell(payment, result)
    return True


def _breaks(payment: Payment, news: _News, result: Consequences, now: datetime) -> list[Fragment]:
    if result.opens_break is not None:
        theirs = breaks.said(news.event.value, news.outcome)
        difference = breaks.found(payment, result.opens_break, theirs=theirs, now=now)
        return breaks.opening(difference, source="moved")
    return breaks.ending(payment, news.event, now=now) if result.ends_break else []


def _tell(payment: Payment, result: Consequences) -> None:
    if result.opens_break is not None:
        log.error("break_opened", payment=payment.public_id, kind=result.opens_break.value)
    if payment.has_ended:
        wake.announce_end(payment.id)
