"""Reads: the members that a key may see, their tiers, and their points."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import BigIntegerField, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kernel import clock
from kernel.errors import Conflict, NotFound
from kernel.ids import InvalidId
from loyalty.card_numbers import read_card_number
from loyalty.member_state import EntryKind, MemberStatus, ProgrammeStatus
from loyalty.models import Consent, Member, PointsEntry, Programme, Tier
from merchants.authentication import Principal

YEAR = timedelta(days=365)
_EARNED = (EntryKind.EARN, EntryKind.CORRECT)  # what refunds took back counts against a tier


def find_programme(merchant_id: UUID) -> Programme | None:
    """The programme that the merchant takes part in, if any."""
    return Programme.objects.filter(participations__merchant_id=merchant_id).first()


def get_programme(principal: Principal) -> Programme:
    """The programme of the key's merchant; raises Conflict where there is none that is open."""
    programme = find_programme(principal.merchant_id)
    if programme is None or programme.status != ProgrammeStatus.ACTIVE:
        raise Conflict("no_programme", "This merchant takes part in no open membership programme.")
    return programme


def list_members(principal: Principal) -> QuerySet[Member, Member]:
    """The members of the programme of the key's merchant, in the key's mode."""
    programme = find_programme(principal.merchant_id)
    rows = Member.objects.filter(programme=programme, livemode=principal.livemode)
    return dressed(rows) if programme is not None else rows.none()


def get_member(principal: Principal, member_id: UUID) -> Member:
    """One member; raises NotFound also for somebody else's."""
    member = list_members(principal).filter(id=member_id).first()
    if member is None:
        raise NotFound("not_found", "No such member.")
    return member


def find_member_id(principal: Principal, text: str) -> UUID | None:
    """Who is behind an id or a card's number, for a payment of the key's merchant."""
    if (card := read_card_number(text)) is not None:
        who = {"card_number": card}
    else:
        try:
            who = {"id": str(Member.public_id_to_uuid(text))}
        except InvalidId:
            return None
    rows = Member.objects.filter(**who, livemode=principal.livemode)
    rows = rows.filter(programme__participations__merchant_id=principal.merchant_id)
    return rows.exclude(status=MemberStatus.FORGOTTEN).values_list("id", flat=True).first()


def dressed(rows: QuerySet[Member, Member]) -> QuerySet[Member, Member]:
    """With what the member object shows, in a handful of statements for a whole page."""
    entries = PointsEntry.objects.filter(
        member=OuterRef("id"), kind__in=_EARNED, created_at__gt=clock.now() - YEAR
    )
    year = entries.order_by().values("member").annotate(total=Sum("points")).values("total")
    newest = Consent.objects.order_by("member_id", "purpose", "-id")
    return rows.annotate(
        year_points=Coalesce(Subquery(year, output_field=BigIntegerField()), 0)
    ).prefetch_related(
        Prefetch("consents", newest.distinct("member_id", "purpose")),
        Prefetch("programme__tiers", Tier.objects.order_by("threshold_points")),
        "wallets",
    )


def year_points(member: Member) -> int:
    """What counts towards the member's tier now."""
    rows = PointsEntry.objects.filter(
        member=member, kind__in=_EARNED, created_at__gt=clock.now() - YEAR
    )
    return int(rows.aggregate(total=Sum("points"))["total"] or 0)


def tier_of(tiers: list[Tier], points: int) -> Tier | None:
    """The highest of ``tiers`` that ``points`` reach."""
    reached = [tier for tier in tiers if tier.threshold_points <= points]
    return max(reached, key=lambda tier: tier.threshold_points, default=None)


def find_tier(member: Member) -> Tier | None:
    """The member's tier now."""
    return tier_of(list(Tier.objects.filter(programme_id=member.programme_id)), year_points(member))


def list_points(member: Member) -> QuerySet[PointsEntry, PointsEntry]:
    """What came and went."""
    return PointsEntry.objects.filter(member=member)


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of a lot (above zero), or of a debt (below)."""

    entry: PointsEntry
    left: int


def list_lots(member: Member) -> list[Lot]:
    """The member's lots and debts of which something is left; what expires first, first."""
    used = (
        PointsEntry.objects.filter(lot=OuterRef("id"))
        .order_by()
        .values("lot")
        .annotate(total=Sum("points"))
        .values("total")
    )
    heads = PointsEntry.objects.filter(member=member, lot__isnull=True).annotate(
        used=Coalesce(Subquery(used, output_field=BigIntegerField()), 0)
    )
    lots = [Lot(entry, entry.points + entry.used) for entry in heads.order_by("expires_at", "id")]
    return [lot for lot in lots if lot.left != 0]
