"""A partner account's keys: who has them is the acquirer to Alipay, so two people change live ones.

A key pair is renewed without a gap: the next one is made beside the key that signs, its public
half is uploaded at Alipay, a signed call proves that Alipay knows it, and only then it signs.
"""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from connectors.alipay.keys import load_private_key, load_public_key
from merchants.models import PartnerAccount
from merchants.services.partner_accounts import check_account, new_private_key
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import check_reason, propose
from tenancy.models import Staff
from tenancy.saving import faulty, save_checked
from tenancy.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What becomes of an account's keys; an empty text leaves that key as it is.

    ``uses_next`` lets the next key sign; ``activates`` lets payments go by the account.
    """

    private_key: str = ""
    md5_key: str = ""
    alipay_public_key: str = ""
    uses_next: bool = False
    activates: bool = False


def is_guarded(account: PartnerAccount) -> bool:
    """Whether two people change this account's keys: a live one's, unless a rule says no."""
    with tenant_scope(account.acquirer_id):
        return account.livemode and needs_second_person(PARTNER_KEY, account.acquirer_id)


def make_next_key(account: PartnerAccount) -> None:
    """Make the next key pair, in the place of one that was made and never used.

    Raises Rejected for an account that signs with MD5.
    """
    if account.sign_type == PartnerAccount.SignType.MD5:
        raise faulty("sign_type", "This account signs with MD5 and has no key pair.")
    account.next_private_key = new_private_key(account.sign_type)
    save_checked(account)


def with_next_key(account: PartnerAccount) -> PartnerAccount:
    """The account as it would be with its next key, unsaved; raises Rejected if it has none."""
    return _changed(account, KeyChange(uses_next=True))


def change_keys(
    staff: Staff, account: PartnerAccount, change: KeyChange, *, reason: str
) -> PartnerAccount | Proposal:
    """Make the change, or propose it where two people are needed.

    Raises Rejected naming the field for a key that cannot work or a change of nothing, and as
    ``propose``.
    """
    text = check_reason(reason)
    if change == KeyChange():
        raise faulty("reason", "Nothing is to be changed: give a key.")
    after = _changed(account, change)
    if not is_guarded(account):
        _save(after, change)
        return after
    with tenant_scope(account.acquirer_id):
        return propose(
            PARTNER_KEY,
            acquirer_id=account.acquirer_id,
            subject=account.public_id,
            subject_label=str(account),
            payload=asdict(change),
            after=_facts(after),
            staff=staff,
            reason=text,
        )


def _changed(account: PartnerAccount, change: KeyChange) -> PartnerAccount:
    """A fresh copy of the row with the change, checked and unsaved."""
    with tenant_scope(account.acquirer_id):
        after = PartnerAccount.objects.get(id=account.id)
    if change.uses_next:
        if not after.next_private_key:
            raise faulty("next_private_key", "There is no next key: make one first.")
        after.private_key, after.next_private_key = after.next_private_key, ""
    for name in ("private_key", "md5_key", "alipay_public_key"):
        if value := getattr(change, name).strip():
            setattr(after, name, value)
    after.is_active = after.is_active or change.activates
    check_account(after)
    return after


def _save(account: PartnerAccount, change: KeyChange) -> None:
    with transaction.atomic():
        if change.activates:
            _give_up_place(account)
        save_checked(account)


def _give_up_place(successor: PartnerAccount) -> None:
    """The account of this mode until now takes no new payments; those in doubt stay with it."""
    others = PartnerAccount.objects.filter(
        acquirer_id=successor.acquirer_id,
        livemode=successor.livemode,
        scheme=successor.scheme,
        is_active=True,
    )
    for account in others.exclude(id=successor.id):
        account.is_active = False
        account.save()


def _facts(account: PartnerAccount) -> Facts:
    return {
        "our public key": fingerprint(account.private_key),
        "MD5 key": _tell_apart(account.md5_key),
        "Alipay's public key": _fingerprint_of_public(account.alipay_public_key),
        "next public key": fingerprint(account.next_private_key),
        "signs with": account.sign_type,
        "takes payments": "yes" if account.is_active else "no",
    }


def fingerprint(private_key: str) -> str:
    """What people compare of a key pair: the first 16 hex digits of its public half's SHA-256."""
    if not private_key:
        return "none"
    return _digest(load_private_key(private_key).public_key())


def _fingerprint_of_public(text: str) -> str:
    return _digest(load_public_key(text)) if text else "none"


def _digest(key: Any) -> str:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:16]


def _tell_apart(secret: str) -> str:
    """Enough to see that a shared secret is another one, too little to try guesses against."""
    return hashlib.sha256(b"tillgate" + secret.encode()).hexdigest()[:4] if secret else "none"


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    return _facts(PartnerAccount.objects.get(id=_id_of(subject)))


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    account = PartnerAccount.objects.get(id=_id_of(proposal.subject))
    change = KeyChange(**proposal.content)
    after = _changed(account, change)
    _save(after, change)
    return Applied(after.public_id)


def _id_of(subject: str) -> UUID:
    return PartnerAccount.public_id_to_uuid(subject)


PARTNER_KEY = register(
    Kind(
        name="partner_key",
        label="A partner account's keys",
        may_propose="merchants.change_partneraccount",
        may_approve="merchants.approve_partneraccount",
        read=_read,
        apply=_apply,
    )
)
