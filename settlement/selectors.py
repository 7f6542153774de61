"""Reads: terms of settlement, and the batches that a key may see."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from kernel.errors import NotFound
from ledger.models import Entry
from merchants.authentication import Principal
from settlement.days import is_calendar
from settlement.models import (
    Adjustment,
    Batch,
    FeeAssignment,
    FeePlan,
    FeePrice,
    FeeVersion,
    File,
    Line,
    PaidSettlement,
    Payout,
    Schedule,
)
from tenancy.models import Acquirer

_CALENDAR = "HK"  # where an acquirer's country is none that the library knows


def default_schedule(acquirer: Acquirer) -> Schedule:
    """The acquirer's terms; until it has set any, each Beijing day is paid on the next open day."""
    found = Schedule.objects.filter(merchant__isnull=True).first()
    if found is not None:
        return found
    country = acquirer.country or ""
    return Schedule(acquirer=acquirer, calendar=country if is_calendar(country) else _CALENDAR)


def list_batches(principal: Principal) -> QuerySet[Batch, Batch]:
    """The batches of the key's merchant and mode."""
    rows = Batch.objects.filter(merchant_id=principal.merchant_id, livemode=principal.livemode)
    return rows.select_related("payout")


def get_batch(principal: Principal, batch_id: UUID) -> Batch:
    """One batch; raises NotFound also for somebody else's."""
    batch = list_batches(principal).filter(id=batch_id).first()
    if batch is None:
        raise NotFound("not_found", "No such settlement.")
    return batch


def get_file(batch: Batch, name: str) -> File:
    """A file of the batch by its name; raises NotFound."""
    row = File.objects.filter(batch=batch, name=name).first()
    if row is None:
        raise NotFound("not_found", "The settlement has no such file, or not yet.")
    return row


def find_batch_of(cause_type: str, cause_id: UUID) -> Batch | None:
    """The batch that settled what was posted for this, if one did yet."""
    entries = Entry.objects.filter(
        transaction__cause_type=cause_type, transaction__cause_id=cause_id
    )
    line = Line.objects.filter(entry_id__in=list(entries.values_list("id", flat=True))).first()
    return None if line is None else line.batch


def list_adjustments(principal: Principal) -> QuerySet[Adjustment, Adjustment]:
    """The adjustments of the key's merchant and mode."""
    return Adjustment.objects.filter(merchant_id=principal.merchant_id, livemode=principal.livemode)


def list_payouts(merchant_id: UUID | None, livemode: bool | None) -> QuerySet[Payout, Payout]:
    """The payouts of a merchant, or of all in the scope; of one mode, or of both."""
    wanted = {"merchant_id": merchant_id, "livemode": livemode}
    rows = Payout.objects.defer("account_number")
    return rows.filter(**{name: said for name, said in wanted.items() if said is not None})


def get_payout(rows: QuerySet[Payout, Payout], payout_id: UUID) -> Payout:
    """One of ``rows``; raises NotFound also for somebody else's."""
    row = rows.filter(id=payout_id).first()
    if row is None:
        raise NotFound("not_found", "No such payout.")
    return row


def list_cleared(files: Collection[UUID]) -> QuerySet[Entry, Entry]:
    """What the scheme has on its way for these settlement files, as their bookings say; one entry
    per file and currency, of a transaction whose cause is the file."""
    return Entry.objects.filter(
        account__kind="scheme_clearing",
        transaction__cause_type="scheme_file",
        transaction__kind="scheme_file.settled",
        transaction__cause_id__in=files,
    )


def still_to_come(files: Collection[UUID]) -> dict[tuple[UUID, str], int]:
    """What the bank has not yet brought of these settlement files, minor units by file and
    currency, signed; 0 where all of it came."""
    cleared = list_cleared(files).values_list("transaction__cause_id", "currency", "amount_minor")
    left = {(file, currency): minor for file, currency, minor in cleared}
    paid = PaidSettlement.objects.filter(scheme_file__in=files)
    for file, currency, minor in paid.values_list("scheme_file_id", "currency", "amount_minor"):
        left[file, currency] = left.get((file, currency), 0) - minor
    return left


def fee_terms_of(acquirer: Acquirer) -> dict[str, Any]:
    """What the statements that charge fees are told of an acquirer: the zone of its months and
    days, and the schemes that any of its plans prices apart (``""`` is any)."""
    own = FeePrice.objects.exclude(scheme="").values_list("scheme", flat=True).distinct()
    return {"fee_zone": acquirer.time_zone, "schemes": ["", *sorted(own)]}


def latest_version(plan: FeePlan) -> FeeVersion | None:
    """The version with the highest number, whether or not it has started."""
    return FeeVersion.objects.filter(plan=plan).order_by("-number").first()


def with_latest_version(plans: QuerySet[FeePlan, FeePlan]) -> QuerySet[FeePlan, FeePlan]:
    """Each with ``latest_number`` and ``latest_starts`` of ``latest_version``, in one statement."""
    latest = FeeVersion.objects.filter(plan=OuterRef("pk")).order_by("-number")
    return plans.annotate(
        latest_number=Subquery(latest.values("number")[:1]),
        latest_starts=Subquery(latest.values("starts_on")[:1]),
    )


def version_at(plan: FeePlan, moment: datetime) -> FeeVersion | None:
    """The version in force at a moment."""
    started = FeeVersion.objects.filter(plan=plan, starts_at__lte=moment)
    return started.order_by("-starts_at", "-number").first()


def list_coming_versions(plan: FeePlan | None, moment: datetime, limit: int) -> list[FeeVersion]:
    """The plan's versions that start after ``moment``, the next one first."""
    if plan is None:
        return []
    rows = FeeVersion.objects.filter(plan=plan, starts_at__gt=moment).select_related("plan")
    return list(rows.order_by("starts_at", "number")[:limit])


def list_coming_assignments(merchant_id: UUID, moment: datetime, limit: int) -> list[FeeAssignment]:
    """What the merchant is assigned to after ``moment``, the next one first."""
    rows = FeeAssignment.objects.filter(merchant_id=merchant_id, starts_at__gt=moment)
    return list(rows.select_related("plan").order_by("starts_at", "id")[:limit])


def latest_assignment(merchant_id: UUID) -> FeeAssignment | None:
    """What was assigned last, whether or not it has started."""
    rows = FeeAssignment.objects.filter(merchant_id=merchant_id).select_related("plan")
    return rows.order_by("-starts_at", "-id").first()


def assignment_at(merchant_id: UUID, moment: datetime) -> FeeAssignment | None:
    """What is in force at a moment; its plan is None where the merchant has none any more."""
    rows = FeeAssignment.objects.filter(merchant_id=merchant_id, starts_at__lte=moment)
    return rows.select_related("plan").order_by("-starts_at", "-id").first()


def list_current_assignments(plan: FeePlan) -> list[FeeAssignment]:
    """Of each merchant that is charged by the plan now, or will be, its latest assignment."""
    latest = FeeAssignment.objects.filter(merchant_id=OuterRef("merchant_id"))
    latest = latest.order_by("-starts_at", "-id")
    rows = FeeAssignment.objects.filter(plan=plan, id=Subquery(latest.values("id")[:1]))
    return list(rows.select_related("merchant").order_by("merchant__display_name", "id"))
