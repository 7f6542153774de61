"""Reads: terms of settlement, and the batches that a key may see."""

from uuid import UUID

from django.db.models import QuerySet

from kernel.errors import NotFound
from ledger.models import Entry
from merchants.authentication import Principal
from settlement.days import is_calendar
from settlement.models import Adjustment, Batch, File, Line, Schedule
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
    return Batch.objects.filter(merchant_id=principal.merchant_id, livemode=principal.livemode)


def get_batch(principal: Principal, batch_id: UUID) -> Batch:
    """One batch; raises NotFound also for somebody else's."""
    batch = list_batches(principal).filter(id=batch_id).select_related("payout").first()
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
