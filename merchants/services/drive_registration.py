"""Taking one registration a step on: announce the store, or ask how it stands.

The row is ours for a lease; the call holds no connection; its answer counts only while the claim
is ours. Dying on any line leaves a row that is due again: both calls may be repeated.
"""

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from connectors.alipay.config import BadConfiguration
from connectors.base import Outcome, StoreRegistration
from kernel import clock
from merchants.gateways import Gateway, get_gateway
from merchants.models import Registration, Store
from merchants.registration_state import AT_REST, RegistrationStatus, gap_seconds, next_status
from merchants.services.announcement import announcement_of, digest_of
from tenancy.due_work import DueWork
from tenancy.postgres import release_connection
from tenancy.scope import tenant_scope

REGISTRATIONS = DueWork(
    model=Registration,
    task="merchants.drive_registration",
    every_seconds=3,
    lease=timedelta(minutes=2),  # longer than two calls with a failover each may take
    at_once=100,  # the review takes days, and payments come first
)


def drive_registration(registration_id: UUID, *, acquirer_id: UUID) -> None:
    """One call for a registration that is due; nothing if it is not, or if somebody has it."""
    with tenant_scope(acquirer_id):
        row = REGISTRATIONS.take(registration_id)
        if row is None:
            return
        store = Store.objects.select_related("merchant").get(id=row.store_id)
        try:
            gateway = get_gateway(row.partner_account_id, acquirer_id=acquirer_id, version=None)
        except BadConfiguration as error:
            _note_hindrance(row, f"The partner account cannot be used: {error}.")
            return
        announcement = announcement_of(store)
        release_connection()
        outcome = _call(row, announcement, gateway)
        _note(row, announcement, outcome)


def _call(row: Registration, announcement: StoreRegistration, gateway: Gateway) -> Outcome:
    if row.status == RegistrationStatus.TO_SEND:
        return gateway.connector.register(announcement)
    return gateway.connector.registration(
        merchant_id=row.scheme_merchant_id, store_id=row.scheme_store_id
    )


def _note(row: Registration, announcement: StoreRegistration, outcome: Outcome) -> None:
    status = next_status(row.status, outcome)
    with transaction.atomic():
        held = REGISTRATIONS.hold(row)
        if held is None:
            return
        if held.status == RegistrationStatus.TO_SEND:
            _note_names(held, announcement)
        held.tries = 1 if status != held.status else held.tries + 1
        held.status, held.code = status, outcome.code or ""
        held.reason = "" if status == RegistrationStatus.REGISTERED else outcome.message or ""
        held.evidence = asdict(outcome.evidence)
        if status == RegistrationStatus.REGISTERED:
            held.registered_at = held.registered_at or clock.now()
        _rest(held)


def _note_names(held: Registration, announcement: StoreRegistration) -> None:
    """What was announced; under other names it is another store, which nobody has taken yet."""
    names = announcement.merchant_id, announcement.store_id
    if names != (held.scheme_merchant_id, held.scheme_store_id):
        held.scheme_merchant_id, held.scheme_store_id = names
        held.registered_at = None
    held.sent_digest = digest_of(announcement)


def _note_hindrance(row: Registration, reason: str) -> None:
    with transaction.atomic():
        held = REGISTRATIONS.hold(row)
        if held is not None:
            held.tries, held.code, held.reason = held.tries + 1, "", reason
            _rest(held)


def _rest(held: Registration) -> None:
    """Until the next call, or for good."""
    held.asked_at = clock.now()
    gap = timedelta(seconds=gap_seconds(held.tries))
    held.rest(None if held.status in AT_REST else held.asked_at + gap)
    held.save()
