"""A member and their points as the API shows them."""

from typing import Any

from kernel import ids
from kernel.clock import show_time
from loyalty.models import Consent, Member, PointsEntry, Programme
from loyalty.selectors import tier_of
from payments.models import Payment, Refund

_CAUSES = {"payment": Payment.PREFIX, "refund": Refund.PREFIX, "lot": PointsEntry.PREFIX}


def show_member(member: Member) -> dict[str, Any]:
    """The member object; of a forgotten one only what says nothing of who it was."""
    tier = tier_of(list(member.programme.tiers.all()), member.year_points)  # type: ignore[attr-defined]
    return {
        "object": "member",
        "id": member.public_id,
        "livemode": member.livemode,
        "status": member.status,
        "programme": member.programme.name,
        "card_number": member.card_number,
        "name": member.person_name or None,
        "phone": member.phone or None,
        "email": member.email or None,
        "points": member.points,
        "points_last_12_months": member.year_points,  # type: ignore[attr-defined]
        "tier": tier and {"name": tier.name, "benefits": tier.benefits},
        "wallet_is_known": bool(member.wallets.all()),
        "consents": [show_consent(consent) for consent in member.consents.all()],
        "joined_at": show_time(member.joined_at),
        "forgotten_at": show_time(member.forgotten_at),
    }


def show_consent(consent: Consent) -> dict[str, Any]:
    """What was agreed to, or taken back, last."""
    return {
        "purpose": consent.purpose,
        "given": consent.is_given,
        "wording_version": consent.wording_version,
        "recorded_at": show_time(consent.created_at),
    }


def show_entry(entry: PointsEntry) -> dict[str, Any]:
    """Points that came or went, and what for."""
    prefix = _CAUSES.get(entry.cause_type)
    return {
        "object": "points_entry",
        "id": entry.public_id,
        "kind": entry.kind,
        "points": entry.points,
        "lot": entry.lot_id and ids.encode(PointsEntry.PREFIX, entry.lot_id),
        "expires_at": show_time(entry.expires_at),
        "cause": {
            "type": entry.cause_type,
            "id": prefix and ids.encode(prefix, entry.cause_id),
        },
        "reason": entry.reason or None,
        "created_at": show_time(entry.created_at),
    }


def show_programme(programme: Programme) -> dict[str, Any]:
    """The programme with its rules: what a till or a shop's page tells customers."""
    return {
        "object": "programme",
        "id": programme.public_id,
        "name": programme.name,
        "rounding": programme.rounding,
        "points_live_days": programme.points_live_days,
        "earn": [
            {"currency": rule.currency, "points": rule.points, "per_minor": rule.per_minor}
            for rule in programme.earn_rules.order_by("currency")
        ],
        "burn": [
            {
                "currency": rule.currency,
                "points": rule.points,
                "minor": rule.minor,
                "minimum_points": rule.minimum_points,
            }
            for rule in programme.burn_rules.order_by("currency")
        ],
        "tiers": [
            {
                "name": tier.name,
                "threshold_points": tier.threshold_points,
                "multiplier_basis_points": tier.multiplier_basis_points,
                "benefits": tier.benefits,
            }
            for tier in programme.tiers.order_by("threshold_points")
        ],
        "categories": [
            {
                "category": rule.category,
                "multiplier_basis_points": rule.multiplier_basis_points,
            }
            for rule in programme.category_rules.order_by("category")
        ],
    }
