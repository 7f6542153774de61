"""Taking one card template to Alipay, or what has changed of it, until Alipay has said yes or no.

As with stores (merchants.services.drive_registration): the row is ours for a lease, the call holds
no connection, its answer counts only while the claim is ours. Dying on any line leaves a row that
is due again; a repeat has the same ``request_id``.
"""

import hashlib
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from connectors.alipay.cards import is_colour
from connectors.alipay.config import BadConfiguration
from connectors.base import CardIssuer, CardOutcome
from connectors.base import CardTemplate as Look
from kernel import clock
from kernel.errors import Conflict
from loyalty.card_template_state import AFTER, CardTemplateStatus
from loyalty.models import CardTemplate
from merchants.card_issuers import card_issuer_of
from merchants.registration_state import gap_seconds
from tenancy.due_work import DueWork
from tenancy.postgres import release_connection
from tenancy.saving import faulty
from tenancy.scope import tenant_scope

TEMPLATES = DueWork(
    model=CardTemplate,
    task="loyalty.send_card_template",
    every_seconds=3,
    lease=timedelta(seconds=60),  # longer than one call may take
    related=("partner_account",),
)


def check_template(template: CardTemplate) -> None:
    """Raise Rejected for what Alipay could not read, or for two tenants' rows in one."""
    if not is_colour(template.colour):
        raise faulty("colour", "Three numbers up to 255, such as rgb(37,99,235).")
    for field in ("programme", "partner_account"):
        if getattr(template, field).acquirer_id != template.acquirer_id:
            raise faulty(field, "It is another acquirer's.")


def send_soon(template: CardTemplate) -> None:
    """Have it sent, as it is now; the answer of a call that is under way is not listened to."""
    with transaction.atomic():
        row = TEMPLATES.lock(template.id)
        row.status = CardTemplateStatus.TO_SEND
        row.rest(clock.now())
        row.tries = 0
        row.save()


def send_card_template(template_id: UUID, *, acquirer_id: UUID) -> None:
    """One call for a template that is due; nothing if it is not, or if somebody has it."""
    with tenant_scope(acquirer_id):
        row = TEMPLATES.take(template_id)
        if row is None:
            return
        try:
            issuer = card_issuer_of(row.partner_account)
        except BadConfiguration as error:
            _note_hindrance(row, f"The partner account cannot be used: {error}.")
            return
        release_connection()
        _note(row, _call(issuer, row))


def ask(template: CardTemplate) -> CardOutcome:
    """What Alipay has of it now; nothing is changed.

    Raises Conflict for one that Alipay has not, or whose account cannot ask.
    """
    if not template.template_id:
        raise Conflict("card_template_not_sent", "Alipay does not have this template yet.")
    try:
        issuer = card_issuer_of(template.partner_account)
    except BadConfiguration as error:
        raise Conflict("no_card_app", f"{error}.") from None
    release_connection()
    return issuer.query_template(template.template_id)


def _call(issuer: CardIssuer, row: CardTemplate) -> CardOutcome:
    look = Look(row.card_name, row.logo_id, row.background_id, row.colour)
    if not row.template_id:
        return issuer.create_template(row.id.hex, look)
    said = "\n".join((row.id.hex, *asdict(look).values()))
    request_id = hashlib.sha256(said.encode()).hexdigest()[:32]
    return issuer.modify_template(request_id, row.template_id, look)


def _note(row: CardTemplate, outcome: CardOutcome) -> None:
    with transaction.atomic():
        held = TEMPLATES.hold(row)
        if held is None:
            return
        held.status = AFTER[outcome.result]
        held.code = (outcome.code or "")[:64]
        is_done = held.status == CardTemplateStatus.SENT
        held.reason = "" if is_done else (outcome.message or "")[:500]
        held.evidence = asdict(outcome.evidence)
        if is_done:
            held.template_id = outcome.template_id or held.template_id
        _rest(held)


def _note_hindrance(row: CardTemplate, reason: str) -> None:
    with transaction.atomic():
        held = TEMPLATES.hold(row)
        if held is not None:
            held.code, held.reason = "", reason[:500]
            _rest(held)


def _rest(held: CardTemplate) -> None:
    """Until the next call, or for good."""
    held.tries += 1
    held.asked_at = clock.now()
    is_due = held.status == CardTemplateStatus.TO_SEND
    gap = timedelta(seconds=gap_seconds(held.tries))
    held.rest(held.asked_at + gap if is_due else None)
    held.save()
