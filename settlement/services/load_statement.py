"""One statement into the books: what each entry is, and its postings.

Needs a transaction and the acquirer's scope; raises StatementRefused where the statement does not
follow the one before it, or its account is none of ours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection

from kernel import clock, ids
from kernel.ids import beside
from kernel.money import Money
from ledger.accounts import AccountName, ensure_accounts
from settlement.bank.references import find_ids
from settlement.bank.statement import BankEntry as ReadEntry
from settlement.bank.statement import BankStatement as Read
from settlement.bank.statement import StatementRefused
from settlement.models import (
    BankEntry,
    BankFile,
    BankStatement,
    PayingAccount,
    PaymentFile,
    Payout,
)
from settlement.services.move_payouts import Cause, move_payouts
from settlement.services.payment_files import groups_of, move_payment_file
from settlement.state import (
    Meaning,
    PaymentFileEvent,
    PaymentFileStatus,
    PayoutEvent,
    PayoutStatus,
)

BANK = "bank"  # who told us
_AT_ONCE = 2_000  # rows of one statement

_SUSPEND: LiteralString = f"""
WITH posted AS (
    INSERT INTO ledger_transaction
           (id, acquirer_id, merchant_id, kind, cause_type, cause_id, created_at)
    SELECT {beside("%(seed)s")}, acquirer_id,
           NULL, 'bank_entry.unexplained', 'bank_entry', id, %(now)s
      FROM settlement_bankentry
     WHERE statement_id = %(statement)s AND meaning = 'unexplained'
    RETURNING id, acquirer_id, cause_id)
INSERT INTO ledger_entry
       (id, acquirer_id, merchant_id, transaction_id, account_id, amount_minor, currency,
        created_at)
SELECT {beside("%(seed)s")}, posted.acquirer_id,
       NULL, posted.id, leg.account_id, leg.minor, entry.currency, %(now)s
  FROM posted JOIN settlement_bankentry AS entry ON entry.id = posted.cause_id
 CROSS JOIN LATERAL (VALUES
    (%(bank)s::uuid, entry.amount_minor), (%(suspense)s::uuid, -entry.amount_minor)
 ) AS leg (account_id, minor)
"""  # noqa: S608 - the program's words


@dataclass(slots=True)
class Meant:
    """What an entry is: the payouts that it moves, or why it moves none."""

    meaning: Meaning = Meaning.UNEXPLAINED
    payouts: tuple[UUID, ...] = ()
    why: str = ""


def load_statement(file: BankFile, read: Read) -> BankStatement:
    """Keep the statement and its entries, move the payouts that they name, post the rest."""
    account = _account_of(read)
    row = _follow(file, account, read)
    row.save(force_insert=True)
    payouts = _named_payouts(account, read.entries)
    rows = []
    for place, entry in enumerate(read.entries):
        if entry.minor == 0:  # a bank's note, not money
            continue
        meant = _meaning(entry, place, payouts)
        kept = _row(row, account, entry, meant)
        rows.append(kept)
        _move(kept, meant, payouts)
    BankEntry.objects.bulk_create(rows, batch_size=_AT_ONCE)
    _accept(payouts)
    _suspend(row, account)
    return row


def _account_of(read: Read) -> PayingAccount:
    said = _compact(read.account)
    for account in PayingAccount.objects.filter(currency=read.currency).order_by("-livemode"):
        number = _compact(account.account_number)
        if said in {number, _compact(account.bank_code) + number}:
            # Whoever loads a statement of the account takes turns.
            return PayingAccount.objects.select_for_update(no_key=True).get(id=account.id)
    reason = f"no paying account of ours in {read.currency} has the number ••••{said[-4:]}"
    raise StatementRefused(reason, 1)


def _compact(number: str) -> str:
    return "".join(each for each in number.upper() if each.isalnum())


def _follow(file: BankFile, account: PayingAccount, read: Read) -> BankStatement:
    """The row, after those before it; a repeated one and a gap are refused."""
    rows = BankStatement.objects.filter(paying_account=account)
    if rows.filter(bank_id=read.id[:128]).exists():
        raise StatementRefused(f"the statement {read.id[:60]!r} was loaded already", 1)
    last = rows.order_by("number").last()
    if last is not None and last.closing_minor != read.opening:
        opens, closed = (
            Money(minor, read.currency) for minor in (read.opening, last.closing_minor)
        )
        reason = f"it opens with {opens}, the one before it closed with {closed}: one is missing"
        raise StatementRefused(reason, 1)
    return BankStatement(
        acquirer_id=account.acquirer_id,
        paying_account=account,
        livemode=account.livemode,
        file=file,
        number=1 if last is None else last.number + 1,
        bank_id=read.id[:128],
        closes_on=read.closes_on,
        currency=read.currency,
        opening_minor=read.opening,
        closing_minor=read.closing,
        entry_count=len(read.entries),
    )


@dataclass(slots=True)
class _Payouts:
    """The payouts that a statement names, as they stand while it is gone through."""

    by_id: dict[UUID, Payout]
    by_group: dict[str, list[UUID]]
    last_paid: dict[UUID, int]  # the place of the last entry that pays it, by its own id


def _named_payouts(account: PayingAccount, entries: Sequence[ReadEntry]) -> _Payouts:
    files: set[UUID] = set()
    named: set[UUID] = set()
    last_paid: dict[UUID, int] = {}
    for place, entry in enumerate(entries):
        own = find_ids(Payout.PREFIX, _texts(entry))
        named.update(own)
        if entry.minor < 0:
            last_paid.update(dict.fromkeys(own, place))
        files.update(find_ids("pfl", entry.references))
    by_group = {name: found for key in files for name, found in groups_of(key).items()}
    named.update(each for found in by_group.values() for each in found)
    rows = Payout.objects.filter(
        id__in=named, livemode=account.livemode, currency=account.currency
    ).defer("account_number")
    return _Payouts({row.id: row for row in rows}, by_group, last_paid)


def _texts(entry: ReadEntry) -> Iterable[str]:
    return (*entry.references, entry.bank_reference, entry.remittance)


def _meaning(entry: ReadEntry, place: int, payouts: _Payouts) -> Meant:
    event, stands = _EVENTS[entry.minor < 0]
    keys = [
        key for key in find_ids(Payout.PREFIX, _texts(entry)) if key in payouts.by_id
    ] or _group(entry, payouts, stands)
    if not keys:
        return Meant()
    found = [payouts.by_id[key] for key in keys]
    amount = sum(row.amount_minor for row in found)
    if amount != abs(entry.minor):
        said = Money(amount, entry.currency)
        return Meant(why=f"it names {found[0].public_id}, but {len(found)} of {said} together")
    if entry.is_reversal and entry.minor < 0:
        return Meant(why=f"it names {found[0].public_id}, and takes back what had come in")
    for row in found:
        if row.status != stands:
            return Meant(why=f"it names {row.public_id}, which is {row.status}")
        # Returned, it would be paid once more with the next batch, and the bank pays it below.
        if entry.minor > 0 and payouts.last_paid.get(row.id, -1) > place:
            return Meant(why=f"it names {row.public_id}, which the bank pays again further on")
    return Meant(event, tuple(keys))


_EVENTS = {
    True: (Meaning.PAYOUT_BOOKED, PayoutStatus.SENT),
    False: (Meaning.PAYOUT_RETURNED, PayoutStatus.BOOKED),
}
_STEPS = {
    Meaning.PAYOUT_BOOKED: (PayoutEvent.BOOKED, PayoutStatus.BOOKED),
    Meaning.PAYOUT_RETURNED: (PayoutEvent.RETURNED, PayoutStatus.RETURNED),
}


def _group(entry: ReadEntry, payouts: _Payouts, stands: PayoutStatus) -> list[UUID]:
    """The payouts of a group that the bank has booked as one entry: those that still wait for one,
    for it may have refused some, or booked them by themselves."""
    for name in entry.references:
        if group := payouts.by_group.get(name.lower().replace("_", "-")):
            found = [key for key in group if key in payouts.by_id]
            return [key for key in found if payouts.by_id[key].status == stands] or found
    return []


def _row(
    statement: BankStatement, account: PayingAccount, entry: ReadEntry, meant: Meant
) -> BankEntry:
    return BankEntry(
        acquirer_id=account.acquirer_id,
        statement=statement,
        livemode=account.livemode,
        line=entry.line,
        amount_minor=entry.minor,
        currency=entry.currency,
        booked_on=entry.booked_on,
        value_on=entry.value_on,
        bank_reference=entry.bank_reference[:140],
        references=[text[:1000] for text in entry.references],
        remittance=entry.remittance,
        is_reversal=entry.is_reversal,
        reason=entry.reason,
        meaning=meant.meaning,
        why=meant.why[:256],
    )


def _move(kept: BankEntry, meant: Meant, payouts: _Payouts) -> None:
    if not meant.payouts:
        return
    event, stands = _STEPS[meant.meaning]
    cause = Cause(BANK, kept.public_id, kept.reason)
    move_payouts(meant.payouts, event, cause)
    for key in meant.payouts:
        payouts.by_id[key].status = stands


def _accept(payouts: _Payouts) -> None:
    """A bank that books a payout has taken its file, whether or not it reports on it."""
    found = {
        row.payment_file_id
        for row in payouts.by_id.values()
        if row.status in _TAKEN and row.payment_file_id is not None
    }
    for file in PaymentFile.objects.filter(id__in=found, status=PaymentFileStatus.SENT):
        move_payment_file(file, PaymentFileEvent.ACCEPTED)


_TAKEN = {PayoutStatus.BOOKED, PayoutStatus.RETURNED}


def _suspend(row: BankStatement, account: PayingAccount) -> None:
    names = [
        AccountName(account.acquirer_id, None, account.livemode, kind, account.currency)
        for kind in ("bank", "suspense")
    ]
    bank, suspense = ensure_accounts(names)
    told: dict[str, Any] = {
        "seed": ids.new_uuid(),
        "now": clock.now(),
        "statement": row.id,
        "bank": bank,
        "suspense": suspense,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUSPEND, told)
