"""After a bank statement: the settlements that wait for their money are looked at again."""

from uuid import UUID

import structlog

from kernel.errors import Conflict, NotFound
from settlement.models import BankEntry, PaidSettlement, SchemeFile
from settlement.selectors import still_to_come
from settlement.services.reconcile import SETTLED_WITHIN_DAYS, reconcile
from settlement.state import FileState, Meaning, Way

log = structlog.get_logger(__name__)


def reconcile_bank(*, livemode: bool) -> int:
    """Compare each settlement file that is not paid in full, or of which the bank may have taken
    something back, with the bank, in the tenant's scope.

    How many; one that another worker is at is left to it.
    """
    done = 0
    for file in _unpaid(livemode=livemode):
        try:
            reconcile(file.partner_account, Way.BANK, file.business_date)
        except (Conflict, NotFound) as refusal:
            log.info("settlement_not_compared", file=file.public_id, why=refusal.code)
            continue
        done += 1
    return done


def _unpaid(*, livemode: bool) -> list[SchemeFile]:
    rows = SchemeFile.objects.filter(
        kind=SchemeFile.Kind.SETTLEMENT, state=FileState.LOADED, livemode=livemode
    ).select_related("partner_account")
    newest = list(rows.order_by("-business_date")[:SETTLED_WITHIN_DAYS])
    files = [file.id for file in newest]
    left = still_to_come(files)
    booked = {file for file, _ in left}
    waiting = {file for (file, _), minor in left.items() if minor}
    waiting |= _taken_back(files, livemode=livemode)
    return [file for file in reversed(newest) if file.id in waiting or file.id not in booked]


def _taken_back(files: list[UUID], *, livemode: bool) -> set[UUID]:
    """The files to which a reversal that nobody has explained may belong."""
    reversals = BankEntry.objects.filter(
        livemode=livemode, meaning=Meaning.UNEXPLAINED, is_reversal=True
    )
    brought = [-minor for minor in reversals.values_list("amount_minor", flat=True)]
    parts = PaidSettlement.objects.filter(scheme_file__in=files, amount_minor__in=brought)
    return set(parts.values_list("scheme_file_id", flat=True))
