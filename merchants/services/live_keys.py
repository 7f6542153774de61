"""Live API keys by staff: asked for by one person, issued when another approves, shown once.

A live key moves money. Whoever approves is shown its text and hands it to the merchant. Test keys
need nobody; an acquirer's own system issues live keys by a scope that an owner gave it.
"""

from datetime import datetime, timedelta
from typing import Any

from merchants.models import ApiKey, Merchant, Store, Terminal
from merchants.services.api_keys import check_api_key, check_overlap, issue, roll_api_key
from proposals.kinds import Applied, Facts, Kind, register
from proposals.models import Proposal
from proposals.selectors import needs_second_person
from proposals.services.propose import propose
from tenancy.models import Staff
from tenancy.scope import tenant_scope


def needs_two_people(key: ApiKey) -> bool:
    """Whether this key, or a successor of it, is issued by two people."""
    with tenant_scope(key.acquirer_id):
        return key.livemode and needs_second_person(LIVE_KEY, key.acquirer_id)


def propose_key(staff: Staff, key: ApiKey, *, reason: str) -> Proposal:
    """Propose the unsaved ``key``; nothing is issued.

    Raises Rejected as ``issue_api_key``, Conflict ``proposal_pending`` while another key of the
    merchant waits, Forbidden ``role_not_allowed``.
    """
    check_api_key(key)
    return _propose(
        staff,
        subject=key.merchant.public_id,
        label=str(key.merchant),
        payload=_content(key),
        after=_facts(key),
        reason=reason,
    )


def propose_roll(staff: Staff, key: ApiKey, *, overlap: timedelta, reason: str) -> Proposal:
    """Propose a successor of ``key``; raises as ``roll_api_key`` and ``propose_key``."""
    check_overlap(overlap)
    hours = round(overlap.total_seconds() / 3600)
    return _propose(
        staff,
        subject=key.public_id,
        label=str(key),
        payload={"overlap_hours": hours},
        after=_facts(key) | {"the old key goes on, hours": str(hours)},
        reason=reason,
    )


def _propose(
    staff: Staff,
    *,
    subject: str,
    label: str,
    payload: dict[str, Any],
    after: Facts,
    reason: str,
) -> Proposal:
    acquirer_id = staff.acquirer_id
    if acquirer_id is None:  # the platform's operator, for whose acquirer the subject says
        acquirer_id = _owner_of(subject)
    with tenant_scope(acquirer_id):
        return propose(
            LIVE_KEY,
            acquirer_id=acquirer_id,
            subject=subject,
            subject_label=label,
            payload=payload,
            after=after,
            staff=staff,
            reason=reason,
        )


def _owner_of(subject: str) -> Any:
    if subject.startswith(ApiKey.PREFIX):
        return ApiKey.objects.get(id=ApiKey.public_id_to_uuid(subject)).acquirer_id
    return Merchant.objects.get(id=Merchant.public_id_to_uuid(subject)).acquirer_id


def _content(key: ApiKey) -> dict[str, Any]:
    return {
        "label": key.label,
        "scopes": list(key.scopes),
        "store": str(key.store_id) if key.store_id else None,
        "terminal": str(key.terminal_id) if key.terminal_id else None,
        "allowed_networks": [str(network) for network in key.allowed_networks],
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }


def _facts(key: ApiKey) -> Facts:
    return {
        "label": key.label,
        "scopes": ", ".join(key.scopes),
        "store": str(key.store or "every store"),
        "terminal": str(key.terminal or "every terminal"),
        "networks": ", ".join(map(str, key.allowed_networks)) or "anywhere",
        "ends": key.expires_at.isoformat(timespec="minutes") if key.expires_at else "never",
    }


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    if not subject.startswith(ApiKey.PREFIX):
        return {"merchant": str(Merchant.objects.get(id=Merchant.public_id_to_uuid(subject)))}
    return _facts(ApiKey.objects.get(id=ApiKey.public_id_to_uuid(subject)))


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    content = proposal.content
    if proposal.subject.startswith(ApiKey.PREFIX):
        old = ApiKey.objects.get(id=ApiKey.public_id_to_uuid(proposal.subject))
        overlap = timedelta(hours=content["overlap_hours"])
        new, text = roll_api_key(old, overlap=overlap, rolled_by=proposal.person)
        return Applied(new.public_id, text)
    key = _build(proposal, content)
    text = issue(key)
    return Applied(key.public_id, text)


def _build(proposal: Proposal, content: dict[str, Any]) -> ApiKey:
    merchant = Merchant.objects.get(id=Merchant.public_id_to_uuid(proposal.subject))
    end = content["expires_at"]
    return ApiKey(
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        store=content["store"] and Store.objects.get(id=content["store"]),
        terminal=content["terminal"] and Terminal.objects.get(id=content["terminal"]),
        allowed_networks=content["allowed_networks"],
        label=content["label"],
        livemode=True,
        scopes=content["scopes"],
        expires_at=end and datetime.fromisoformat(end),
        created_by=proposal.person,
    )


LIVE_KEY = register(
    Kind(
        name="live_key",
        label="A live API key",
        may_propose="merchants.change_apikey",
        may_approve="merchants.approve_apikey",
        read=_read,
        apply=_apply,
    )
)
