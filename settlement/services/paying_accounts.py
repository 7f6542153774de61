"""The acquirer's own bank account: set by one person and approved by another."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from kernel import clock, ids
from merchants.account_numbers import AccountNumber
from merchants.services.bank_accounts import BankDetails, check_details
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.services.propose import propose
from settlement.models import PayingAccount
from tenancy.models import Acquirer, Staff
from tenancy.saving import faulty, save_checked
from tenancy.scope import tenant_scope

HOLDER_LIMIT = 70  # characters of a name in a payment file


@dataclass(frozen=True, slots=True)
class AccountWanted:
    """The account of one mode and currency, as a person types it."""

    livemode: bool
    details: BankDetails
    characters: str = PayingAccount.Characters.LATIN.value


def propose_paying_account(
    staff: Staff, acquirer: Acquirer, wanted: AccountWanted, *, reason: str
) -> Proposal:
    """Propose it: a second person always decides.

    Raises Forbidden ``role_not_allowed``, Rejected naming the faulty field, and as ``propose``.
    """
    with tenant_scope(acquirer.id):
        checked = _check(wanted)
        return propose(
            PAYING_ACCOUNT,
            acquirer_id=acquirer.id,
            subject=ids.encode(PayingAccount.PREFIX, _key(wanted)),
            subject_label=f"{wanted.details.currency} {_mode(wanted.livemode)}",
            payload=asdict(wanted),
            after=_facts(wanted, checked.tail, checked.bank_code),
            staff=staff,
            reason=reason,
        )


def _check(wanted: AccountWanted) -> AccountNumber:
    if len(wanted.details.holder.strip()) > HOLDER_LIMIT:
        raise faulty("holder", f"At most {HOLDER_LIMIT} characters go into a payment file.")
    if wanted.characters not in PayingAccount.Characters.values:
        raise faulty("characters", "Latin letters only, or names as they are written.")
    return check_details(wanted.details)


def _key(wanted: AccountWanted) -> UUID:
    """The id of the row that is there, or of the one to come."""
    row = _find(wanted)
    return ids.new_uuid() if row is None else row.id


def _find(wanted: AccountWanted) -> PayingAccount | None:
    return PayingAccount.objects.filter(
        livemode=wanted.livemode, currency=wanted.details.currency
    ).first()


def _unpack(said: dict[str, Any]) -> AccountWanted:
    return AccountWanted(said["livemode"], BankDetails(**said["details"]), said["characters"])


def _mode(livemode: bool) -> str:
    return "live" if livemode else "test"


def _facts(wanted: AccountWanted, tail: str, bank_code: str) -> Facts:
    details = wanted.details
    return {
        "mode": _mode(wanted.livemode),
        "currency": details.currency,
        "holder": details.holder.strip(),
        "country of the bank": details.country,
        "account number": f"••••{tail}",
        "bank code": bank_code,
        "characters": PayingAccount.Characters(wanted.characters).label,
    }


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    wanted = _unpack(payload)
    row = _find(wanted)
    if row is None:
        return {"mode": _mode(wanted.livemode), "currency": wanted.details.currency}
    details = BankDetails(row.currency, row.holder, row.country, "", row.bank_code)
    stands = AccountWanted(row.livemode, details, row.characters)
    facts = _facts(stands, row.account_tail, row.bank_code)
    return facts | {"set at": row.set_at.isoformat()}  # two numbers may end alike


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    wanted = _unpack(proposal.content)
    checked, details = _check(wanted), wanted.details
    row = _find(wanted) or PayingAccount(
        id=PayingAccount.public_id_to_uuid(proposal.subject),
        acquirer_id=proposal.acquirer_id,
        livemode=wanted.livemode,
        currency=details.currency,
    )
    row.holder, row.country = details.holder.strip(), details.country
    row.account_number, row.account_tail = checked.number, checked.tail
    row.bank_code, row.characters = checked.bank_code, wanted.characters
    row.set_by, row.set_at = proposal.actor, clock.now()
    save_checked(row)
    return Applied(row.public_id)


PAYING_ACCOUNT = register(
    Kind(
        name="paying_account",
        label="The acquirer's own bank account",
        may_propose="settlement.add_payingaccount",
        may_approve="settlement.approve_payingaccount",
        read=_read,
        apply=_apply,
        is_fixed=True,
    )
)
