"""Carrying the sale to the scheme: the one pay or precreate call, made in the background.

Only this process knows the scanned code (it is never stored), so it is sent once or not at all;
nor is a code to show asked for twice under one id. The caller may wait or not; a process that
dies leaves a row that the driver finds.
"""

import threading
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings

from connectors.base import Outcome, PayRequest, PresentRequest
from kernel import clock
from kernel.errors import Unavailable
from merchants.gateways import Gateway
from payments import schedule
from payments.models import Attempt, Payment
from payments.services import wake
from payments.services.apply import apply_event
from payments.services.background import in_background
from payments.services.breaks import note_contradiction
from payments.services.doubt import note_doubt
from payments.services.interpret import find_event
from payments.services.show import show_code
from payments.services.wait import note_answer
from payments.state import Event
from tenancy.postgres import release_connection
from tenancy.scope import tenant_scope

log = structlog.get_logger(__name__)

Sale = PayRequest | PresentRequest

_places = threading.BoundedSemaphore(settings.CARRIED_LIMIT)


def take_place() -> None:
    """Reserve room for one call in this process, before anything is written.

    Raises Unavailable ``too_busy`` when settings.CARRIED_LIMIT calls are in flight.
    """
    if not _places.acquire(blocking=False):
        raise Unavailable(
            "too_busy",
            "Too many payments are in flight here; nothing happened.",
            retry_after_seconds=2,
        )


def give_place_back() -> None:
    """The reserved room is not needed, or not any more."""
    _places.release()


def start(payment: Payment, request: Sale, *, gateway: Gateway, attempt_id: UUID) -> None:
    """Carry in the background; gives the place back at the end, whatever happens."""

    def work() -> None:
        try:
            with tenant_scope(payment.acquirer_id, payment.merchant_id):
                carry(payment, request, gateway=gateway, attempt_id=attempt_id)
        finally:
            release_connection()
            give_place_back()
            if payment.has_answer:
                note_answer(payment.id)

    in_background(work)


def carry(payment: Payment, request: Sale, *, gateway: Gateway, attempt_id: UUID) -> None:
    """Call pay or precreate and apply its answer to ``payment``."""
    if isinstance(request, PayRequest):
        kind, outcome = Attempt.Kind.PAY, gateway.connector.pay(request)
    else:
        kind, outcome = Attempt.Kind.PRESENT, gateway.connector.present(request)
    if outcome.is_configuration_fault:
        log.error("scheme_configuration", payment=payment.public_id, code=outcome.code)
    event = _event_of(kind, outcome)
    if event is None:
        _wait_on(payment, gateway, attempt_id, outcome)
        return
    apply_event(
        payment,
        event,
        actor="till",
        interval_seconds=gateway.query_interval_seconds,
        attempt_id=attempt_id,
        outcome=outcome,
    )
    if not payment.has_ended and payment.due_at is not None:
        _wake(payment, payment.due_at)


def _event_of(kind: Attempt.Kind, outcome: Outcome) -> Event | None:
    event = find_event(kind, outcome)
    if event is None and kind is Attempt.Kind.PRESENT and outcome.qr_code is None:
        return Event.NOT_SHOWN
    return event


def _wait_on(payment: Payment, gateway: Gateway, attempt_id: UUID, outcome: Outcome) -> None:
    """In doubt after a pay, or with a code that waits to be scanned."""
    note_contradiction(payment, outcome)
    now = clock.now()
    due_at = schedule.next_query(
        now, expires_at=payment.expires_at, interval_seconds=gateway.query_interval_seconds
    )
    if outcome.qr_code is not None:
        is_ours = show_code(payment, attempt_id=attempt_id, outcome=outcome, due_at=due_at, now=now)
    else:
        is_ours = note_doubt(
            payment.id, attempt_id=attempt_id, outcome=outcome, due_at=due_at, now=now
        )
    if is_ours:
        _wake(payment, due_at)


def _wake(payment: Payment, due_at: datetime) -> None:
    wake.wake_driver(wake.DRIVE_PAYMENT, payment.id, acquirer_id=payment.acquirer_id, due_at=due_at)
