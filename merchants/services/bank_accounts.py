"""Where a merchant is paid to: set by one person, approved by another unless a rule says no."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from kernel import clock
from kernel.currencies import MINOR_DIGITS
from merchants.account_numbers import AccountNumber, check_account_number
from merchants.countries import check_country
from merchants.models import AcquirerKey, BankAccount, Merchant
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_may, check_reason, propose
from tenancy.models import Staff
from tenancy.saving import faulty, save_checked
from tenancy.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class BankDetails:
    """An account as a person types it; ``account_number`` is an IBAN or a local number."""

    currency: str
    holder: str
    country: str
    account_number: str
    bank_code: str = ""


def set_bank_account(
    staff: Staff, merchant: Merchant, details: BankDetails, *, reason: str
) -> BankAccount | Proposal:
    """Pay this currency to the account from now on, or propose it (always, unless a rule says no).

    Raises Forbidden ``role_not_allowed``, Rejected naming the faulty field, and as ``propose``.
    """
    check_may(BANK_ACCOUNT, staff)
    text = check_reason(reason)
    with tenant_scope(merchant.acquirer_id):
        check_details(details)
        if needs_second_person(BANK_ACCOUNT, merchant.acquirer_id):
            return _propose(merchant, details, text, staff=staff)
        return _save(merchant, details, actor=staff.actor)


def propose_bank_account(
    key_id: UUID, merchant: Merchant, details: BankDetails, *, reason: str
) -> Proposal:
    """Propose it with an acquirer's key, whatever the rule: a person always decides.

    Who issued the key does not decide. Raises Rejected naming the faulty field, and as ``propose``.
    """
    key = AcquirerKey.objects.select_related("created_by").get(id=key_id)
    text = check_reason(reason)
    return _propose(merchant, details, text, staff=key.created_by, key=key.public_id)


def check_details(details: BankDetails) -> AccountNumber:
    """The number as it will be kept; raises Rejected naming the faulty field."""
    if details.currency not in MINOR_DIGITS:
        raise faulty("currency", "An ISO 4217 code, such as HKD.")
    if not 1 <= len(details.holder.strip()) <= 128:
        raise faulty("holder", "The holder's name, as the bank has it.")
    try:
        check_country(details.country)
    except ValidationError as error:
        raise faulty("country", str(error.message)) from None
    return check_account_number(details.country, details.account_number, details.bank_code)


def _propose(
    merchant: Merchant,
    details: BankDetails,
    reason: str,
    *,
    staff: Staff | None,
    key: str = "",
) -> Proposal:
    checked = check_details(details)
    return propose(
        BANK_ACCOUNT,
        acquirer_id=merchant.acquirer_id,
        subject=merchant.public_id,
        subject_label=str(merchant),
        payload=asdict(details),
        after=_facts(
            details.currency, details.holder, details.country, checked.tail, checked.bank_code
        ),
        staff=staff,
        reason=reason,
        key=key,
    )


def _save(merchant: Merchant, details: BankDetails, *, actor: str) -> BankAccount:
    """The row of this currency, new or overwritten; the trail keeps what stood there."""
    checked = check_details(details)
    row = _find(merchant.id, details.currency) or BankAccount(
        acquirer_id=merchant.acquirer_id, merchant=merchant, currency=details.currency
    )
    row.holder, row.country = details.holder.strip(), details.country
    row.account_number, row.account_tail = checked.number, checked.tail
    row.bank_code = checked.bank_code
    row.set_by, row.set_at = actor, clock.now()
    save_checked(row)
    return row


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    row = _find(Merchant.public_id_to_uuid(subject), payload["currency"])
    if row is None:
        return {"currency": payload["currency"]}
    facts = _facts(row.currency, row.holder, row.country, row.account_tail, row.bank_code)
    return facts | {"set at": row.set_at.isoformat()}  # two numbers may end alike


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    merchant = Merchant.objects.get(id=Merchant.public_id_to_uuid(proposal.subject))
    details = BankDetails(**proposal.content)
    return Applied(_save(merchant, details, actor=proposal.actor).public_id)


def _facts(currency: str, holder: str, country: str, tail: str, bank_code: str) -> Facts:
    return {
        "currency": currency,
        "holder": holder,
        "country of the bank": country,
        "account number": f"••••{tail}",
        "bank code": bank_code,
    }


def _find(merchant_id: UUID, currency: str) -> BankAccount | None:
    return BankAccount.objects.filter(merchant_id=merchant_id, currency=currency).first()


BANK_ACCOUNT = register(
    Kind(
        name="bank_account",
        label="A merchant's bank account",
        may_propose="merchants.change_bankaccount",
        may_approve="merchants.approve_bankaccount",
        read=_read,
        apply=_apply,
    )
)
