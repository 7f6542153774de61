"""A payment file's life: made by one person, approved by another, taken to the bank or withdrawn.

Its bytes are made once and kept; nobody takes them before they are marked as sent, so that what a
bank may have is never withdrawn and never stands in a second file.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import IO, Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, NotFound
from kernel.money import Money
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.services import propose as proposing
from proposals.state import Status
from settlement.bank import pain001
from settlement.bank.references import find_ids, to_wire
from settlement.models import PayingAccount, PaymentFile, Payout
from settlement.services.move_payouts import Cause, move_payouts
from settlement.state import (
    IllegalStep,
    PaymentFileEvent,
    PaymentFileStatus,
    PayoutEvent,
    PayoutStatus,
    next_file_status,
)
from tenancy.audit import note
from tenancy.models import Staff
from tenancy.saving import faulty
from tenancy.scope import tenant_scope

PAYOUTS_LIMIT = 5_000  # of one file; what is left goes into the next one
LONGEST_AHEAD = timedelta(days=40)


def make_payment_file(staff: Staff, account: PayingAccount, executes_on: date) -> PaymentFile:
    """Collect the account's payouts that are due by ``executes_on``, and propose the file.

    Raises Forbidden ``role_not_allowed``, Rejected for the day, Conflict ``nothing_to_pay``, and
    Conflict ``payout_cannot_be_paid`` naming the payout that no file can hold.
    """
    proposing.check_may(PAYMENT_FILE, staff)
    today = clock.now().date()
    if not today <= executes_on <= today + LONGEST_AHEAD:
        raise faulty("executes_on", f"A day from today to {today + LONGEST_AHEAD}.")
    with tenant_scope(account.acquirer_id), transaction.atomic():
        payouts = _due(account, executes_on)
        if not payouts:
            raise Conflict("nothing_to_pay", f"No {account.currency} is due by {executes_on}.")
        row = _row(account, executes_on, payouts, staff.actor)
        content = _write(row, account, payouts)
        row.sha256, row.size_bytes = hashlib.sha256(content).hexdigest(), len(content)
        _storage().save(row.stored_as, ContentFile(content))
        try:
            with transaction.atomic():
                _keep(staff, row, payouts)
        except BaseException:
            _storage().delete(row.stored_as)
            raise
    return row


def withdraw_payment_file(staff: Staff, row: PaymentFile, *, reason: str) -> PaymentFile:
    """Drop a file that was not sent: its payouts wait for another one.

    Raises Forbidden ``role_not_allowed``, Rejected without a reason, Conflict
    ``payment_file_moved`` for one that was sent or withdrawn.
    """
    proposing.check_may(PAYMENT_FILE, staff)
    said = proposing.check_reason(reason)
    with tenant_scope(row.acquirer_id), transaction.atomic():
        row = _step(row, PaymentFileEvent.WITHDRAWN)
        row.ended_by, row.reason = staff.actor, said
        row.save(update_fields=["status", "ended_by", "reason"])
        cause = Cause(staff.actor, row.public_id)
        move_payouts(_payouts_of(row), PayoutEvent.WITHDRAWN, cause)
        for waiting in Proposal.objects.filter(
            kind=PAYMENT_FILE.name, subject=row.public_id, status=Status.PENDING, proposed_by=staff
        ):
            proposing.withdraw(waiting.id, staff=staff)
    return row


def send_payment_file(staff: Staff, row: PaymentFile) -> PaymentFile:
    """Mark an approved file as sent: from now on its bytes can be taken, and never withdrawn.

    Raises Forbidden ``role_not_allowed``, Conflict ``payment_file_moved``.
    """
    staff.check_perm("settlement.send_paymentfile")
    with tenant_scope(row.acquirer_id), transaction.atomic():
        row = _step(row, PaymentFileEvent.SENT)
        row.ended_by, row.sent_at = staff.actor, clock.now()
        row.save(update_fields=["status", "ended_by", "sent_at"])
        move_payouts(_payouts_of(row), PayoutEvent.SENT, Cause(staff.actor, row.public_id))
    return row


def open_payment_file(row: PaymentFile, *, by: str) -> IO[bytes]:
    """The bytes for the bank; who took them is on the audit trail.

    Raises Conflict ``payment_file_not_sent`` before it is marked as sent, NotFound where the bytes
    are gone from the storage.
    """
    if row.sent_at is None:
        raise Conflict("payment_file_not_sent", "Approve it and mark it as sent first.")
    try:
        opened: IO[bytes] = _storage().open(row.stored_as)
    except FileNotFoundError:
        raise NotFound("not_found", "The file is not in its storage.") from None
    detail = {"file": row.name, "sha256": row.sha256, "by": by}
    note("payment_file_read", row.public_id, acquirer_id=row.acquirer_id, detail=detail)
    return opened


def groups_of(file_id: UUID) -> dict[str, list[UUID]]:
    """The payouts of each group of a sent file by its PmtInfId, as the file itself has them;
    nothing for a file that is not there."""
    row = PaymentFile.objects.filter(id=file_id, sent_at__isnull=False).first()
    if row is None:
        return {}
    with _storage().open(row.stored_as) as file:
        named = pain001.read_groups(file.read())
    return {name: find_ids(Payout.PREFIX, ends) for name, ends in named.items()}


def move_payment_file(row: PaymentFile, event: PaymentFileEvent, *, reason: str = "") -> None:
    """What the bank says of the file. Raises Conflict ``payment_file_moved``."""
    moved = _step(row, event)
    moved.reason = reason
    moved.save(update_fields=["status", "reason"])


def _due(account: PayingAccount, executes_on: date) -> list[Payout]:
    """Locked, so that two who make a file at once share no payout."""
    rows = Payout.objects.select_for_update(no_key=True, of=("self",)).select_related("batch")
    return list(
        rows.filter(
            livemode=account.livemode,
            currency=account.currency,
            status=PayoutStatus.CREATED,
            pays_on__lte=executes_on,
        ).order_by("pays_on", "id")[:PAYOUTS_LIMIT]
    )


def _row(
    account: PayingAccount, executes_on: date, payouts: Sequence[Payout], actor: str
) -> PaymentFile:
    row = PaymentFile(
        acquirer_id=account.acquirer_id,
        paying_account=account,
        livemode=account.livemode,
        currency=account.currency,
        executes_on=executes_on,
        payouts_count=len(payouts),
        total_minor=sum(payout.amount_minor for payout in payouts),
        made_by=actor,
    )
    mode = "" if row.livemode else "test-"
    row.name = f"{mode}payments-{executes_on}-{row.currency}-{row.public_id}.xml"
    return row


def _write(row: PaymentFile, account: PayingAccount, payouts: Sequence[Payout]) -> bytes:
    order = pain001.Order(
        id=to_wire(row.public_id),
        made_at=row.created_at,
        executes_on=row.executes_on,
        currency=row.currency,
        debtor=pain001.Party(
            account.holder, account.country, account.account_number, account.bank_code
        ),
        transfers=[_transfer(payout) for payout in payouts],
        keeps_characters=account.characters == PayingAccount.Characters.ANY,
    )
    try:
        return pain001.write(order)
    except pain001.CannotPay as fault:
        raise Conflict(
            "payout_cannot_be_paid", f"{fault.which.replace('-', '_', 1)}: {fault.reason}."
        ) from None


def _transfer(payout: Payout) -> pain001.Transfer:
    batch = payout.batch
    text = f"Settlement {batch.number} of {batch.business_date} {to_wire(batch.public_id)}"
    to = pain001.Party(payout.holder, payout.country, payout.account_number, payout.bank_code)
    return pain001.Transfer(to_wire(payout.public_id), to, payout.amount_minor, text)


def _keep(staff: Staff, row: PaymentFile, payouts: Sequence[Payout]) -> None:
    row.save(force_insert=True)
    cause = Cause(staff.actor, row.public_id)
    move_payouts([payout.id for payout in payouts], PayoutEvent.INSTRUCTED, cause, file=row)
    proposing.propose(
        PAYMENT_FILE,
        acquirer_id=row.acquirer_id,
        subject=row.public_id,
        subject_label=row.name,
        payload={},
        after=_facts(row) | {"status": PaymentFileStatus.APPROVED.value},
        staff=staff,
        reason=f"Payouts that are due by {row.executes_on}.",
    )


def _payouts_of(row: PaymentFile) -> list[UUID]:
    return list(Payout.objects.filter(payment_file=row).values_list("id", flat=True))


def _step(row: PaymentFile, event: PaymentFileEvent) -> PaymentFile:
    """The file, locked and moved; the caller saves it."""
    found = PaymentFile.objects.select_for_update(no_key=True).get(id=row.id)
    try:
        found.status = next_file_status(PaymentFileStatus(found.status), event)
    except IllegalStep as error:
        raise Conflict("payment_file_moved", f"{found.public_id}: {error}.") from None
    return found


def _facts(row: PaymentFile) -> Facts:
    account = row.paying_account
    return {
        "status": row.status,
        "payouts": str(row.payouts_count),
        "total": str(Money(row.total_minor, row.currency)),
        "mode": "live" if row.livemode else "test",
        "from": f"{account.holder} {account.masked_number}",
        "account set at": account.set_at.isoformat(),
        "executes on": row.executes_on.isoformat(),
        "SHA-256": row.sha256,
    }


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    row = PaymentFile.objects.select_related("paying_account").get(
        id=PaymentFile.public_id_to_uuid(subject)
    )
    return _facts(row)


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    wanted = PaymentFile.objects.get(id=PaymentFile.public_id_to_uuid(proposal.subject))
    row = _step(wanted, PaymentFileEvent.APPROVED)
    try:
        with _storage().open(row.stored_as) as file:
            stands = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        stands = ""
    if stands != row.sha256:
        raise Conflict("payment_file_changed", "The stored file is not the one that was made.")
    row.approved_by = staff.actor
    row.save(update_fields=["status", "approved_by"])
    return Applied(row.public_id)


def _storage() -> Storage:
    return storages["settlements"]


PAYMENT_FILE = register(
    Kind(
        name="payment_file",
        label="Payment file for the bank",
        may_propose="settlement.add_paymentfile",
        may_approve="settlement.approve_paymentfile",
        read=_read,
        apply=_apply,
        is_fixed=True,
    )
)
