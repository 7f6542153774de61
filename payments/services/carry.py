"""Carrying the scanned code to the scheme: the one pay call, made in the background.

Only this process knows the code (it is never stored), so it is sent once or not at all. The
caller may wait for it or not; a process that dies leaves a row that the driver finds.
"""

import threading
from uuid import UUID

import structlog
from django.conf import settings

from connectors.base import PayRequest
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
from payments.services.wait import note_end
from tenancy.postgres import release_connection
from tenancy.scope import tenant_scope

log = structlog.get_logger(__name__)

_places = threading.BoundedSemaphore(settings.CARRIED_LIMIT)


def take_place() -> None:
    """Reserve room for one pay call in this process, before anything is written.

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


def start(payment: Payment, request: PayRequest, *, gateway: Gateway, attempt_id: UUID) -> None:
    """Carry in the background; gives the place back at the end, whatever happens."""

    def work() -> None:
        try:
            with tenant_scope(payment.acquirer_id, payment.merchant_id):
                carry(payment, request, gateway=gateway, attempt_id=attempt_id)
        finally:
            release_connection()
            give_place_back()
            if payment.has_ended:
                note_end(payment.id)

    in_background(work)


def carry(payment: Payment, request: PayRequest, *, gateway: Gateway, attempt_id: UUID) -> None:
    """Call pay and apply its answer to ``payment``."""
    outcome = gateway.connector.pay(request)
    event = find_event(Attempt.Kind.PAY, outcome)
    if outcome.is_configuration_fault:
        log.error("scheme_configuration", payment=payment.public_id, code=outcome.code)
    if event is not None:
        apply_event(
            payment,
            event,
            actor="till",
            interval_seconds=gateway.query_interval_seconds,
            attempt_id=attempt_id,
            outcome=outcome,
        )
        return
    note_contradiction(payment, outcome)
    now = clock.now()
    due_at = schedule.next_query(
        now, expires_at=payment.expires_at, interval_seconds=gateway.query_interval_seconds
    )
    if note_doubt(payment.id, attempt_id=attempt_id, outcome=outcome, due_at=due_at, now=now):
        wake.wake_driver(
            wake.DRIVE_PAYMENT, payment.id, acquirer_id=payment.acquirer_id, due_at=due_at
        )
