"""Explaining an entry of the bank by hand: out of suspense, once, or a proposal of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, NotFound
from kernel.money import Money
from ledger.posting import Leg, Posting, post
from proposals.kinds import Applied, Facts
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_may, check_reason, propose
from settlement.explanations import CAUSES
from settlement.models import BankEntry, Break, PaidSettlement, SchemeFile
from settlement.selectors import still_to_come
from settlement.services.by_hand import Hands, find_merchant, give, hands_of, register_kind
from settlement.services.reconcile import reconcile
from settlement.state import BreakState, Explanation, FileState, Meaning, Resolution, Way
from tenancy.models import Staff
from tenancy.saving import faulty
from tenancy.scope import tenant_scope

FILES_LIMIT = 20  # that one entry pays


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of an entry: ``merchant`` whose it is, ``files`` what it pays."""

    explanation: Explanation
    reason: str
    merchant: UUID | None = None
    files: tuple[UUID, ...] = ()


def explain(staff: Staff, row: BankEntry, said: Said) -> BankEntry | Proposal:
    """Post it against what it is, or propose that where it is above the acquirer's limit.

    Raises Forbidden ``role_not_allowed``, Rejected naming the faulty field, Conflict
    ``entry_explained``, and as ``propose`` does.
    """
    check_may(BANK_ENTRY, staff)
    check_reason(said.reason)
    with tenant_scope(row.acquirer_id):
        _check(row, said)
        if needs_second_person(BANK_ENTRY, row.acquirer_id, _size(row)):
            return _propose(staff, row, said)
        return _explain(row, said, Hands(staff.actor))


def _size(row: BankEntry) -> Money:
    return Money(abs(row.amount_minor), row.currency)


def _check(row: BankEntry, said: Said) -> None:
    if row.meaning != Meaning.UNEXPLAINED:
        raise Conflict("entry_explained", "This entry is explained already.")
    cause = CAUSES[said.explanation]
    if cause.of_merchant and find_merchant(said.merchant) is None:
        raise faulty("merchant", "No merchant of yours has this id.")
    if cause.of_files:
        _waiting(row, said.files)


def _waiting(row: BankEntry, files: tuple[UUID, ...]) -> list[tuple[SchemeFile, int]]:
    """The settlements with what each still waits for, in the order of their days: all of it, or
    what other entries have not brought."""
    if not 0 < len(files) <= FILES_LIMIT:
        raise faulty("files", "1 to 20 settlement files, such as sfl_01j….")
    rows = SchemeFile.objects.filter(
        id__in=files, kind=SchemeFile.Kind.SETTLEMENT, state=FileState.LOADED, livemode=row.livemode
    ).select_related("partner_account")
    left = still_to_come(files)
    each = [(file, left.get((file.id, row.currency), 0)) for file in rows.order_by("business_date")]
    found = [(file, minor) for file, minor in each if minor]
    paid = PaidSettlement.objects.filter(scheme_file__in=files, currency=row.currency)
    brought = set(paid.values_list("scheme_file_id", flat=True))
    partly = [file for file, _ in found if file.id in brought]
    if len(found) != len(set(files)) or any(_is_ended(file, row.currency) for file in partly):
        raise faulty("files", "Settlement files that are booked, and still wait for money.")
    return found


def _is_ended(file: SchemeFile, currency: str) -> bool:
    """Whether a person has booked what is lacking already."""
    ended = Break.objects.filter(
        partner_account_id=file.partner_account_id,
        way=Way.BANK,
        business_date=file.business_date,
        about=f"NET {currency}",
        state=BreakState.RESOLVED,
    )
    return ended.exclude(resolution=Resolution.EXPLAINED).exists()


def _explain(row: BankEntry, said: Said, hands: Hands) -> BankEntry:
    """The meaning and its postings, together or not at all."""
    cause = CAUSES[said.explanation]
    with transaction.atomic():
        held = BankEntry.objects.select_for_update(no_key=True).get(pk=row.pk)
        _check(held, said)
        whose = said.merchant if cause.of_merchant else None
        amount = Money(held.amount_minor, held.currency)
        legs = [Leg("suspense", None, amount), Leg(cause.account, whose, -amount)]
        post(Posting("bank_entry.explained", "bank_entry", held.id, held.livemode, legs))
        held.meaning = Meaning.SCHEME_SETTLEMENT if cause.of_files else Meaning.EXPLAINED
        held.why, held.explanation, held.because = "", said.explanation, said.reason[:256]
        held.explained_at = clock.now()
        held.explained_by, held.approved_by = hands.made_by, hands.approved_by
        held.save()
        if cause.of_merchant:
            give(whose, amount, hands, livemode=held.livemode, reason=said.reason)
        paid = _pay(held, said.files) if cause.of_files else []
    for file in paid:  # what does not add up is a break, and what is right now is mended
        _compare(file)
    return held


def _pay(row: BankEntry, files: tuple[UUID, ...]) -> list[SchemeFile]:
    """Each file takes what it waits for, the last one what is left."""
    # Two entries of one settlement take turns.
    list(SchemeFile.objects.select_for_update(no_key=True).filter(id__in=files).order_by("id"))
    waiting, left = _waiting(row, files), row.amount_minor
    for number, (file, net) in enumerate(waiting, 1):
        part = left if number == len(waiting) else net
        PaidSettlement.objects.create(
            acquirer_id=row.acquirer_id,
            entry=row,
            scheme_file=file,
            currency=row.currency,
            amount_minor=part,
            part=1 + _parts(file, row.currency),
        )
        left -= part
    return [file for file, _ in waiting]


def _parts(file: SchemeFile, currency: str) -> int:
    return PaidSettlement.objects.filter(scheme_file=file, currency=currency).count()


def _compare(file: SchemeFile) -> None:
    try:
        reconcile(file.partner_account, Way.BANK, file.business_date)
    except (Conflict, NotFound):
        return  # another worker is at it, or will be


def _propose(staff: Staff, row: BankEntry, said: Said) -> Proposal:
    return propose(
        BANK_ENTRY,
        acquirer_id=row.acquirer_id,
        subject=row.public_id,
        subject_label=f"{row.booked_on}: {Money(row.amount_minor, row.currency)}",
        payload={
            "explanation": said.explanation.value,
            "reason": said.reason,
            "merchant": said.merchant and str(said.merchant),
            "files": [str(key) for key in said.files],
        },
        after=_facts(row, said),
        staff=staff,
        reason=said.reason,
    )


def _facts(row: BankEntry, said: Said) -> Facts:
    cause = CAUSES[said.explanation]
    facts = {
        "meaning": cause.label,
        f"to {cause.account}": str(Money(-row.amount_minor, row.currency)),
    }
    if cause.of_merchant:
        facts["merchant"] = str(find_merchant(said.merchant))
    for file, net in _waiting(row, said.files) if cause.of_files else ():
        facts[file.name] = str(Money(net, row.currency))
    return facts


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    row = _find(subject)
    return {
        "amount": str(Money(row.amount_minor, row.currency)),
        "booked on": str(row.booked_on),
        "text": row.remittance,
        "meaning": row.meaning,
    }


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    packed = proposal.content
    said = Said(
        Explanation(packed["explanation"]),
        packed["reason"],
        UUID(packed["merchant"]) if packed["merchant"] else None,
        tuple(UUID(key) for key in packed["files"]),
    )
    row = _find(proposal.subject)
    return Applied(_explain(row, said, hands_of(proposal, staff)).public_id)


def _find(subject: str) -> BankEntry:
    return BankEntry.objects.get(id=BankEntry.public_id_to_uuid(subject))


BANK_ENTRY = register_kind(
    "bank_entry", "Explanation of an entry of the bank", read=_read, apply=_apply
)
